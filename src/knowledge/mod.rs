//! What is known of well-known images, operating systems and packages: dated tables that rules and fixes ask.
//!
//! Nothing here looks at a clock or a network. Everything is true as of [`DATE`]; what is not known is left out, and
//! a caller that gets `None` stays silent. To update: change the tables (one line a row, sorted, held so by test),
//! then `DATE`.
//!
//! Image names are familiar names as [`crate::model::ImageRef::familiar_name`] gives them; names of mirrors and
//! of single architectures (`amd64/debian`, `public.ecr.aws/docker/library/python`) are understood too.

#[macro_use]
mod flags;

pub mod bases;
pub mod busybox;
pub mod capabilities;
pub mod choices;
pub mod command_lines;
pub mod comment_words;

pub mod credentials;
pub mod directories;
pub mod file_kinds;
pub mod foreign_codes;
pub mod git;
pub mod hadolint;
pub mod hosts;
pub mod image_files;
pub mod labels;
pub mod managers;
mod name;
pub mod os;
pub mod packages;
pub mod paths;
pub mod platforms;
pub mod programs;
pub mod project_files;
pub mod providers;
pub mod secrets;
pub mod service_images;
pub mod service_keys;
pub mod servers;
pub mod services;
pub mod shell_words;
pub mod stage_names;
pub mod tokens;
pub mod variables;

pub use name::canonical;

/// The day the tables were last brought up to date, `YYYY-MM-DD`.
pub const DATE: &str = "2026-11-24";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::managers::Manager;
    use super::*;

    #[test]
    fn the_date_is_a_date() {
        assert_eq!(bases::tag::tag_kind("alpine", Some(&DATE.replace('-', ""))), bases::tag::TagKind::Date);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(image in "[a-z./-]{0,20}|\\PC*", tag in "[0-9a-z._-]{0,20}|\\PC*", own in 0..5_usize) {
            // Known names reach the code that is made for them.
            let image = ["python", "debian", "maven", "eclipse-temurin"].get(own).copied().unwrap_or(&image);
            for tag in [None, Some(tag.as_str())] {
                let _ = bases::tag::tag_kind(image, tag);
                let _ = bases::os(image, tag);
                let _ = bases::default_user(image, tag);
                let _ = bases::accounts(image, tag);
                let _ = bases::contents(image, tag).map(|it| (it.program("curl"), it.entrypoint(), it.has_account("app")));
                let _ = bases::variants::size(image, tag);
                let _ = bases::variants::smaller(image, tag);
                let _ = bases::variants::run_bases(image, tag);
                let _ = bases::releases::pin(image, tag);
                let _ = bases::end_of_life::end_of_life(image, tag);
                let _ = bases::workdir(image);
            }
            let _ = packages::category(Manager::Apt, image);
            let _ = packages::category(Manager::Apk, &tag);
            let _ = bases::lacks_variable(image, &tag);
            let _ = services::of_executable(&tag);
            let _ = services::of_unit(&tag);
        }
    }
}
