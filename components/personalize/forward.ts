/**
 * Returns the dynamic provider of a kind of resource, as the CommonJS text that Pulumi stores in the state of every
 * resource. The provider forwards each call to `personalize/handlers.ts` on disk, so new code causes no diff, and old
 * state runs new code. A change of this text updates every resource.
 */
export const forward = (kind: string): string => `const call = async (method, args) => {
    const url = require("node:url").pathToFileURL("personalize/handlers.ts");
    return (await import(url)).handlers[${JSON.stringify(kind)}][method](...args);
};
const methods = ["check", "diff", "create", "read", "update", "delete"];
exports.handler = () => Object.fromEntries(methods.map((method) => [method, (...args) => call(method, args)]));
`;
