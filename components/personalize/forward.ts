import type * as pulumi from "@pulumi/pulumi";

/**
 * The dynamic provider of one kind of resource. Pulumi serialises this function's text into the state of every
 * resource, so it holds no logic: each call is forwarded to `personalize/handlers.ts` as it stands on disk, for old
 * state too. Keep it byte for byte (a test compares it), or every resource of every user shows an update.
 */
export function forward(kind: string): pulumi.dynamic.ResourceProvider {
    const call = async (method: string, ...args: unknown[]) => {
        const path = require("node:path").resolve("personalize/handlers.ts");
        const { handlers } = await import(require("node:url").pathToFileURL(path).href);
        return handlers[kind][method](...args);
    };
    return {
        check: (olds, news) => call("check", olds, news),
        diff: (id, olds, news) => call("diff", id, olds, news),
        create: (inputs) => call("create", inputs),
        read: (id, properties) => call("read", id, properties),
        update: (id, olds, news) => call("update", id, olds, news),
        delete: (id, properties) => call("delete", id, properties),
    };
}
