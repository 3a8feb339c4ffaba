#!/usr/bin/env bash
# Makes assistant/channels/web/static/vendor from npm packages at the versions in package.json. Its output is committed,
# so neither users nor the wheel need node. Run it after changing a version or the theme, and commit what it wrote.
set -euo pipefail
cd "$(dirname "$0")"
out="$(cd ../.. && pwd)/assistant/channels/web/static/vendor"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp package.json designsystemet.config.json "$work"
cd "$work"
npm install --ignore-scripts --no-audit --no-fund --silent
node node_modules/esbuild/install.js
esbuild=node_modules/esbuild/bin/esbuild
designsystemet=node_modules/@digdir/designsystemet/dist/bin/designsystemet.js

node "$designsystemet" tokens create --config designsystemet.config.json --clean >/dev/null
node "$designsystemet" tokens build --tokens ./tokens --out-dir ./theme >/dev/null

rm -rf "$out"
mkdir -p "$out/licences"
# The theme has to come before the components.
cat theme/mellomrom.css node_modules/@digdir/designsystemet-css/dist/src/index.css >designsystemet.css
"$esbuild" designsystemet.css --minify --legal-comments=none --outfile="$out/designsystemet.css"
cp node_modules/htmx.org/dist/htmx.min.js "$out/htmx.js"
sed -i 's/^\/\/# sourceMappingURL.*$//; s/\/\*# sourceMappingURL.*\*\/$//' "$out"/*.js
for subset in latin latin-ext; do
    cp "node_modules/@fontsource-variable/inter/files/inter-$subset-wght-normal.woff2" "$out/inter-$subset.woff2"
done
bundled="@digdir/designsystemet-css @fontsource-variable/inter htmx.org"
for package in $bundled; do
    cp "node_modules/$package/LICENSE" "$out/licences/${package//\//-}.txt"
done
{
    echo "Made by .ci/vendor/build.sh; do not edit. Packages and licences (texts in licences/):"
    for package in $bundled; do
        node -p "const p=require('./node_modules/$package/package.json'); '- '+p.name+' '+p.version+', '+p.license"
    done
} >"$out/README.md"
ls -l "$out"
