import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const ENGINE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const LANGUAGE_HOST = "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs";
const DYNAMIC_PROVIDER = "pulumi-resource-pulumi-nodejs";

/**
 * Builds the engine and the Node language host from the two committed modules, at exactly the versions of their go.sum.
 * The host is of SDK v3.68.0, the newest that the module proxy serves with the host in it; it lacks only policy packs.
 *
 * @returns {Promise<string>} the folder with all that the engine needs beside it
 */
export async function buildFromGoModules(root, workshop, go, version) {
    const folder = join(workshop.build, "bin");
    mkdirSync(folder);
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
    await compile(root, workshop, go, "language-host", LANGUAGE_HOST, join(folder, "pulumi-language-nodejs"), "-s -w");
    await compile(root, workshop, go, "engine", ENGINE, join(folder, "pulumi"), flags);
    // The engine starts dynamic providers by this name; a link, so that it is always the SDK's own.
    symlinkSync(
        join("..", "..", "node_modules", "@pulumi", "pulumi", DYNAMIC_PROVIDER),
        join(folder, DYNAMIC_PROVIDER),
    );
    return folder;
}

function compile(root, workshop, go, module, program, output, flags) {
    const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", output, program];
    // A workspace around the clone, a cross-compiling shell or a missing C compiler must not change what is built.
    const { GOOS, GOARCH, ...env } = process.env;
    return workshop.run("engine", go, args, {
        cwd: join(root, "packages", "local-aws", "toolchain", module),
        env: { ...env, GOWORK: "off", CGO_ENABLED: "0" },
    });
}
