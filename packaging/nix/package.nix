# nix-build -E 'with import <nixpkgs> {}; callPackage ./packaging/nix/package.nix {}'
{ lib, rustPlatform, installShellFiles }:
let
  manifest = (lib.importTOML ../../Cargo.toml).package;
in
rustPlatform.buildRustPackage {
  pname = manifest.name;
  inherit (manifest) version;
  src = lib.cleanSource ../..;
  cargoLock.lockFile = ../../Cargo.lock;
  nativeBuildInputs = [ installShellFiles ];
  # The tests need container engines and other tools.
  doCheck = false;
  postInstall = ''
    installShellCompletion --cmd plimsoll \
      --bash <($out/bin/plimsoll completions bash) \
      --fish <($out/bin/plimsoll completions fish) \
      --zsh <($out/bin/plimsoll completions zsh)
    $out/bin/plimsoll man > plimsoll.1
    installManPage plimsoll.1
  '';
  meta = {
    inherit (manifest) description;
    license = with lib.licenses; [ mit asl20 ];
    mainProgram = "plimsoll";
  };
}
