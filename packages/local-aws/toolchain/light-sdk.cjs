// Node runs this before Pulumi's own Node processes of local runs. Each command starts a program and a dynamic provider.
// A third of their start is loading parts of the SDK that this program does not use.
const { createRequire } = require("node:module");

if (/[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]/.test(process.argv[1] ?? "")) {
    // Pulumi.yaml has `typescript: false`. The built language host is older than that protocol, and asks for the compiler.
    process.env.PULUMI_NODEJS_TYPESCRIPT = "false";
    const requireOfSdk = createRequire(process.argv[1]);
    // Only a program that makes text of its functions uses these: npm's dependency tree and the compiler.
    for (const name of ["@npmcli/arborist", "typescript"]) defer(requireOfSdk, requireOfSdk.resolve(name));
}

/** A module of the SDK loads at the first use of one of its members. */
function defer(requireOfSdk, file) {
    let loaded;
    const member = (_, name) => {
        if (name === "__esModule") return true;
        if (loaded === undefined) {
            delete require.cache[file];
            loaded = requireOfSdk(file);
        }
        return loaded[name];
    };
    const exports = new Proxy({}, { get: member });
    require.cache[file] = { id: file, filename: file, loaded: true, children: [], paths: [], exports };
}
