/**
 * Returns the dynamic provider of a kind of resource, as the CommonJS text that Pulumi stores in the state of every
 * resource. The provider only forwards each call to the `handlers` that `module` exports. So a change of the handlers'
 * code causes no diff, and resources with an older state also use the new code. A change of this text updates every
 * resource.
 *
 * @param module the name of a package's module, or an entry of `imports` in the program's package.json. Node resolves
 * it from the program's folder, where Pulumi starts the provider; else from the installation of Pulumi's SDK, because
 * the Automation API starts an inline program's provider in a temporary folder
 */
export const forward = (module: string, kind: string): string => `const load = () => {
    const { createRequire } = require("node:module");
    const name = ${JSON.stringify(module)};
    const reasons = [];
    for (const from of [process.cwd() + "/", process.argv[1]]) {
        try {
            return import(require("node:url").pathToFileURL(createRequire(from).resolve(name)));
        } catch (error) {
            reasons.push(error.message.split("\\n")[0] + " from " + from);
        }
    }
    throw new Error(reasons.join("; ") + ". Install the packages of the Pulumi program: npm install");
};
const call = async (method, args) => (await load()).handlers[${JSON.stringify(kind)}][method](...args);
const methods = ["check", "diff", "create", "read", "update", "delete"];
exports.handler = () => Object.fromEntries(methods.map((method) => [method, (...args) => call(method, args)]));
`;
