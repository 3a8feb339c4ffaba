// A certified OpenID Connect provider with one client, on the port given: node provider.mjs PORT REDIRECT_URI
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../.ci/", import.meta.url));
const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);

const [port, redirect] = process.argv.slice(2);
const roles = { kari: ["broker"], ola: [] };
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "mellomrom", client_secret: "a secret for the tests", redirect_uris: [redirect] }],
  claims: { openid: ["sub"], profile: ["name", "roles"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} fra kommunen`, roles: roles[id] ?? [] }) }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
