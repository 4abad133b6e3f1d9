// Preloaded by Pulumi's Node.js processes in local runs. Each command starts a program and a dynamic provider, which
// spend much of their time on parts of the SDK that this program does not use.
const { existsSync, readdirSync, realpathSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");

/** Packages of OpenTelemetry that the SDK loads and that only a traced run uses. */
const tracing = [
    "exporter-zipkin",
    "instrumentation",
    "instrumentation-grpc",
    "resources",
    "sdk-trace-base",
    "sdk-trace-node",
];

const [, scope] = /^(.*[\\/]@pulumi)[\\/]pulumi[\\/]cmd[\\/]/.exec(process.argv[1] ?? "") ?? [];
if (scope !== undefined) {
    // Pulumi.yaml has `typescript: false`, but the built language host does not know this option and requests
    // TypeScript.
    process.env.PULUMI_NODEJS_TYPESCRIPT = "false";
    const requireOfSdk = createRequire(process.argv[1]);
    // Only programs that serialize functions use npm's dependency tree and the TypeScript compiler, and only programs
    // that run other programs use the Automation API.
    for (const name of ["@npmcli/arborist", "typescript", "@pulumi/pulumi/automation/index.js"]) {
        defer(requireOfSdk, requireOfSdk.resolve(name));
    }
    // A program uses a few of the AWS provider's two hundred services.
    const aws = existsSync(join(scope, "aws")) && realpathSync(join(scope, "aws"));
    for (const service of aws ? readdirSync(aws) : []) {
        const file = join(aws, service, "index.js");
        if (service !== "types" && existsSync(file)) defer(requireOfSdk, file);
    }
    // No local run collects traces. Node strips types in place, so positions need no source map.
    delete process.env.TRACEPARENT;
    for (const name of tracing) replace(requireOfSdk.resolve(`@opentelemetry/${name}`), {});
    replace(requireOfSdk.resolve("source-map-support/register"), {});
    // Only the serialization of functions uses the inspector, which slows down every module that loads after it.
    defer(requireOfSdk, requireOfSdk.resolve("@pulumi/pulumi/runtime/closure/v8Hooks.js"), {
        isInitializedAsync: async () => {},
    });
    withoutStacks(requireOfSdk("@pulumi/pulumi/runtime/debuggable.js"));
    // Half of a program's calls of the engine are debug messages, which the engine drops without `--debug`.
    requireOfSdk("@pulumi/pulumi/log/index.js").debug = async () => {};
}

/** The SDK records the stack of each of thousands of promises, for PULUMI_DEBUG_PROMISE_LEAKS alone. */
function withoutStacks(debuggable) {
    const { debuggablePromise } = debuggable;
    if (debuggable.debugPromiseLeaks) return;
    debuggable.debuggablePromise = (...args) => {
        const { stackTraceLimit } = Error;
        Error.stackTraceLimit = 0;
        try {
            return debuggablePromise(...args);
        } finally {
            Error.stackTraceLimit = stackTraceLimit;
        }
    };
}

/** Delays loading a module of the SDK until the first use of a member that `members` does not replace. */
function defer(requireOfSdk, file, members = {}) {
    let loaded;
    const member = (_, name) => {
        if (name === "__esModule") return true;
        if (Object.hasOwn(members, name)) return members[name];
        if (loaded === undefined) {
            delete require.cache[file];
            loaded = requireOfSdk(file);
        }
        return loaded[name];
    };
    replace(file, new Proxy({}, { get: member }));
}

function replace(file, exports) {
    require.cache[file] = { id: file, filename: file, loaded: true, children: [], paths: [], exports };
}
