-- Starts `plimsoll server` for Dockerfiles, Compose files, bake files and plimsoll.toml. Needs Neovim 0.7 or later, and no plugin:
--
--     require("plimsoll").setup({})
--
-- Options: `cmd` (default { "plimsoll", "server" }), `settings` (the server's options), `on_attach`.

local M = {}

-- The file's name may be what tells that it is a Dockerfile.
local PATTERNS = { "Dockerfile", "Dockerfile.*", "*.dockerfile", "Containerfile", "Containerfile.*" }
-- Files that keep the type they have.
local OTHERS = { "*compose*.yml", "*compose*.yaml", "docker-bake*.hcl", "docker-bake*.json", "plimsoll.toml", ".plimsoll.toml" }

local function root(path)
  local marks = { ".git", "plimsoll.toml", ".plimsoll.toml" }
  local directory = vim.fn.fnamemodify(path, ":p:h")
  local current = directory
  while true do
    for _, mark in ipairs(marks) do
      if vim.loop.fs_stat(current .. "/" .. mark) then
        return current
      end
    end
    local parent = vim.fn.fnamemodify(current, ":h")
    if parent == current then
      return directory
    end
    current = parent
  end
end

-- One server per root.
local clients = {}

function M.attach(buffer, options)
  local directory = root(vim.api.nvim_buf_get_name(buffer))
  local client = clients[directory]
  if not client or not vim.lsp.get_client_by_id(client) then
    client = vim.lsp.start_client({
      name = "plimsoll",
      cmd = options.cmd or { "plimsoll", "server" },
      root_dir = directory,
      init_options = options.settings or vim.empty_dict(),
      on_attach = options.on_attach,
    })
    clients[directory] = client
  end
  if client then
    vim.lsp.buf_attach_client(buffer, client)
  end
end

function M.setup(options)
  options = options or {}
  local group = vim.api.nvim_create_augroup("plimsoll", { clear = true })
  local attach = function(event)
    M.attach(event.buf, options)
  end
  vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile" }, { group = group, pattern = PATTERNS, callback = function(event)
    vim.api.nvim_buf_set_option(event.buf, "filetype", "dockerfile")
  end })
  vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile" }, { group = group, pattern = OTHERS, callback = attach })
  vim.api.nvim_create_autocmd("FileType", { group = group, pattern = "dockerfile", callback = attach })
end

return M
