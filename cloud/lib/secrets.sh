# shellcheck shell=bash
# Passwords and keys of a cloud: made at random once, kept in the state directory and with the golden copy. Sourced.

SECRETS=$STATE/secrets

random() { head -c 48 /dev/urandom | base64 -w0 | tr -dc A-Za-z0-9 | head -c 32; }

# Makes those that are missing. Names of projects may have dashes: PASSWORD_<name>, read by programs, never sourced.
make_secrets() {
  local name
  [[ -e $SECRETS ]] || install -m 600 /dev/null "$SECRETS"
  for name in SERVICE_PASSWORD METADATA_SECRET SWIFT_HASH PASSWORD_admin $(printf 'PASSWORD_%s ' $PROJECTS); do
    grep -q "^$name=" "$SECRETS" || echo "$name=$(random)" >>"$SECRETS"
  done
  # Barbican's takes 32 bytes in base64
  grep -q '^BARBICAN_KEK=' "$SECRETS" || echo "BARBICAN_KEK=$(head -c 32 /dev/urandom | base64 -w0)" >>"$SECRETS"
}

secret() { sed -n "s/^$1=//p" "$SECRETS"; }
