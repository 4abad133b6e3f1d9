import type * as pulumi from "@pulumi/pulumi";

/**
 * The dynamic provider of one kind of resource. Pulumi serialises this function's text into the state of every
 * resource, so it contains no logic. It forwards each call to `personalize/handlers.ts` on disk, for old state too.
 * Never change a byte (a test compares it), or every resource of every user shows an update.
 */
export function forward(kind: string): pulumi.dynamic.ResourceProvider {
    const call = async (method: string, args: unknown[]) => {
        const url = require("node:url").pathToFileURL("personalize/handlers.ts");
        return (await import(url)).handlers[kind][method](...args);
    };
    return {
        check: (...args) => call("check", args),
        diff: (...args) => call("diff", args),
        create: (...args) => call("create", args),
        read: (...args) => call("read", args),
        update: (...args) => call("update", args),
        delete: (...args) => call("delete", args),
    };
}
