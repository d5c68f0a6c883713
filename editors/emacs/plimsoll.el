;;; plimsoll.el --- Dockerfile linter for Eglot -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1") (eglot "1.8"))

;;; Commentary:

;; Tells Eglot to run `plimsoll server' for Dockerfiles and Compose files:
;;
;;     (require 'plimsoll)
;;     (plimsoll-setup)
;;
;; Then `M-x eglot' in a Dockerfile, or (add-hook 'plimsoll-mode-hook #'eglot-ensure).

;;; Code:

(require 'eglot)

(defgroup plimsoll nil "Dockerfile linter." :group 'tools)

(defcustom plimsoll-program "plimsoll"
  "The program that is run as a language server."
  :type 'string)

(defconst plimsoll-files
  "/\\(?:\\(?:Docker\\|Container\\)file\\(?:\\.[^/]*\\)?\\|[^/]*\\.dockerfile\\)\\'"
  "Files that `plimsoll-mode' is for, where no other mode for Dockerfiles is installed.")

;;;###autoload
(define-derived-mode plimsoll-mode prog-mode "Dockerfile"
  "A plain mode for Dockerfiles."
  (setq-local comment-start "# "))

;;;###autoload
(defun plimsoll-setup ()
  "Register the server with Eglot, for all modes for Dockerfiles and Compose files."
  (unless (or (fboundp 'dockerfile-mode) (fboundp 'dockerfile-ts-mode))
    (add-to-list 'auto-mode-alist (cons plimsoll-files 'plimsoll-mode)))
  (put 'plimsoll-mode 'eglot-language-id "dockerfile")
  (put 'docker-compose-mode 'eglot-language-id "dockercompose")
  (dolist (mode '(plimsoll-mode dockerfile-mode dockerfile-ts-mode docker-compose-mode))
    (add-to-list 'eglot-server-programs (cons mode (list plimsoll-program "server")))))

(provide 'plimsoll)
;;; plimsoll.el ends here
