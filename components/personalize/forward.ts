/** The methods of a dynamic provider, in the order of the first release. */
const methods = ["check", "diff", "create", "read", "update", "delete"];

/** The odd spaces are of the first release: Node had blanked out its types. */
const forwarder = `async (method        , args           ) => {
        const url = require("node:url").pathToFileURL("personalize/handlers.ts");
        return (await import(url)).handlers[kind][method](...args);
    }`;

/**
 * The dynamic provider of a kind of resource, as a text. Pulumi keeps it in the state of every resource, so it contains
 * no logic. It forwards each call to `personalize/handlers.ts` on disk, for old state too. Never change a byte: every
 * resource of every user would show an update. A test compares it. Pulumi's own serialisation made it in the first
 * release, which took time at each preview.
 */
export function forward(kind: string): string {
    // Function 2 is the shared forwarder; serialisation met it before the second method.
    const nameOf = (index: number) => `__f${index === 0 ? 1 : index + 2}`;
    const [first = "", ...others] = methods.map((method, index) =>
        closure(nameOf(index), "", "call: __f2", `(...args) => call("${method}", args)`),
    );
    const provider = methods.map((method, index) => `${method}: ${nameOf(index)}`).join(", ");
    const call = closure("__f2", "__0, __1", `kind: ${JSON.stringify(kind)}`, forwarder);
    const answer = closure("__f0", "", "provider: __provider", "() => provider");
    return `exports.handler = __f0;\n\nvar __provider = {${provider}};\n\n${[call, first, ...others, answer].join("\n")}`;
}

/** One function of Pulumi's closure format: its code in a scope of what it captures. */
const closure = (name: string, parameters: string, captured: string, code: string) => `function ${name}(${parameters}) {
  return (function() {
    with({ ${captured}, this: undefined, arguments: undefined }) {

return ${code};

    }
  }).apply(undefined, undefined).apply(this, arguments);
}
`;
