;;; emacs.el --- A session as a user has it -*- lexical-binding: t -*-

;; Run by tests/server/editors.rs in batch mode.

(package-initialize)
(add-to-list 'load-path (getenv "PLIMSOLL_CLIENT"))
(require 'plimsoll)
(require 'flymake)
(setq plimsoll-program (getenv "PLIMSOLL")
      eglot-confirm-server-initiated-edits nil
      make-backup-files nil)
(plimsoll-setup)

(defun test-wait (what)
  "Wait until WHAT gives something, and return it."
  (let ((end (time-add nil 30)) found)
    (while (and (not (setq found (funcall what))) (time-less-p nil end))
      (accept-process-output nil 0.05))
    (or found (error "Nothing came of %S" what))))

(find-file (getenv "PLIMSOLL_FILE"))
(unless (eq major-mode 'plimsoll-mode) (error "The mode is %s" major-mode))
(apply #'eglot (eglot--guess-contact))
(unless (eglot-managed-p) (error "Eglot does not manage the buffer"))

(defun test-finding ()
  "The finding of the rule `maintainer'."
  ;; What a timer does when Emacs is idle.
  (eglot--signal-textDocument/didChange)
  (flymake-start)
  (seq-find (lambda (found) (string-match-p "MAINTAINER" (flymake-diagnostic-text found)))
            (flymake-diagnostics)))

(let* ((place (flymake-diagnostic-beg (test-wait #'test-finding)))
       (actions (append (jsonrpc-request
                         (eglot-current-server) :textDocument/codeAction
                         (list :textDocument (eglot--TextDocumentIdentifier)
                               :range (list :start (eglot--pos-to-lsp-position place)
                                            :end (eglot--pos-to-lsp-position place))
                               :context '(:diagnostics [])))
                        nil))
       (fix (seq-find (lambda (action) (string-match-p "safe (maintainer)" (plist-get action :title))) actions)))
  (unless fix (error "No fix among %S" actions))
  (eglot--apply-workspace-edit (plist-get fix :edit)))
(test-wait (lambda () (not (test-finding))))

(goto-char (point-min))
(search-forward "AS bui")
(eglot-rename "maker")
(eglot-format-buffer)
(save-buffer)
(eglot-shutdown (eglot-current-server))
;;; emacs.el ends here
