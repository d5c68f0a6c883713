//! The answer to a request, or why there is none.

use lsp_server::{ErrorCode, ResponseError};

pub(super) type Answer<T> = Result<T, ResponseError>;

/// A request that cannot be answered because of what it asks for.
pub(super) fn refuse(message: impl Into<String>) -> ResponseError {
    failure(ErrorCode::InvalidParams, message)
}

/// Any other reason.
pub(super) fn failure(code: ErrorCode, message: impl Into<String>) -> ResponseError {
    ResponseError { code: code as i32, message: message.into(), data: None }
}
