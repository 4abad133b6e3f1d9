// Node runs this before Pulumi's own Node processes of local runs. Each command starts a program and a dynamic provider.
// A third of their start is loading parts of the SDK that this program does not use.
const { createRequire } = require("node:module");

if (/[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]/.test(process.argv[1] ?? "")) {
    // Pulumi.yaml has `typescript: false`. The built language host is older than that protocol, and asks for the compiler.
    process.env.PULUMI_NODEJS_TYPESCRIPT = "false";
    deferDependencyTree(createRequire(process.argv[1]));
}

/** npm's dependency tree serves only functions that Pulumi makes Lambda code of. It loads at its first use. */
function deferDependencyTree(requireOfSdk) {
    const file = requireOfSdk.resolve("@npmcli/arborist");
    const exports = {
        __esModule: true,
        get Arborist() {
            delete require.cache[file];
            return requireOfSdk(file).Arborist;
        },
    };
    require.cache[file] = { id: file, filename: file, loaded: true, children: [], paths: [], exports };
}
