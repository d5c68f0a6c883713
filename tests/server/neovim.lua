-- Run by tests/server/editors.rs in a headless Neovim: a session as a user has it.

local function fail(text)
  io.stderr:write(text .. "\n")
  vim.cmd("cquit 1")
end

local function check()
  package.path = os.getenv("PLIMSOLL_CLIENT") .. "/?.lua;" .. package.path
  require("plimsoll").setup({ cmd = { os.getenv("PLIMSOLL"), "server" } })
  vim.cmd("edit " .. vim.fn.fnameescape(os.getenv("PLIMSOLL_FILE")))

  local function finding(code)
    for _, found in ipairs(vim.diagnostic.get(0)) do
      if found.user_data.lsp.code == code then
        return found
      end
    end
  end
  assert(vim.wait(30000, function()
    return finding("maintainer") ~= nil
  end, 50), "no findings: " .. vim.inspect(vim.diagnostic.get(0)))

  -- The fix of the finding.
  local place = { line = finding("maintainer").lnum, character = 0 }
  local document = vim.lsp.util.make_text_document_params()
  local function ask(method, params)
    for _, answer in pairs(vim.lsp.buf_request_sync(0, method, params, 30000)) do
      assert(not answer.error, vim.inspect(answer.error))
      return answer.result
    end
  end
  local actions = ask("textDocument/codeAction", {
    textDocument = document,
    range = { start = place, ["end"] = place },
    context = { diagnostics = {} },
  })
  local applied = false
  for _, action in ipairs(actions) do
    if action.title:find("safe (maintainer)", 1, true) and not applied then
      vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
      applied = true
    end
  end
  assert(applied, vim.inspect(actions))
  assert(vim.wait(30000, function()
    return finding("maintainer") == nil
  end, 50), "the finding stays")

  -- Rename the stage.
  vim.fn.search("AS build")
  vim.cmd("normal! w")
  local params = vim.lsp.util.make_position_params()
  params.newName = "maker"
  vim.lsp.util.apply_workspace_edit(ask("textDocument/rename", params), "utf-16")

  local edits = ask("textDocument/formatting", {
    textDocument = document,
    options = { tabSize = 4, insertSpaces = true },
  })
  vim.lsp.util.apply_text_edits(edits, 0, "utf-16")
  vim.cmd("write")
end

local ok, message = pcall(check)
if ok then
  vim.cmd("qall!")
else
  fail(tostring(message))
end
