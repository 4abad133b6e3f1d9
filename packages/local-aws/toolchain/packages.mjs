import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SetupError } from "./build-folder.mjs";
import { machinePath } from "./find.mjs";
import { digest, readStamp } from "./stamp.mjs";

const INPUTS = ["package.json", "package-lock.json", ".npmrc"];
const STAMP = ".toolchain-stamp";

// The stamp ignores package.json: its scripts change often, and package-lock.json already contains its dependencies.
const stamp = (root) => digest([join(root, "package-lock.json"), join(root, ".npmrc")]);

/** The folder `node_modules` with the project's Node.js. `npm ci` installs both by the hashes in the lock file. */
export const packages = {
    name: "packages",

    isCurrent(root) {
        const modules = join(root, "node_modules");
        return readStamp(join(modules, STAMP)) === stamp(root) && existsSync(join(modules, ".bin", "node"));
    },

    async install(root, buildFolder, found) {
        const folder = join(buildFolder.build, "packages");
        const built = join(folder, "node_modules");
        mkdirSync(folder);
        for (const name of [...INPUTS, ...workspaces(root)]) {
            if (!existsSync(join(root, name))) continue;
            mkdirSync(dirname(join(folder, name)), { recursive: true });
            copyFileSync(join(root, name), join(folder, name));
        }
        const wanted = stamp(root);
        const args = ["ci", "--include=dev", "--ignore-scripts=false", "--loglevel=notice"];
        await buildFolder.run("packages", found.npm, args, { cwd: folder, env: npmEnvironment(root) });
        // npm skips an optional package without an error if its hash is wrong, or if it is for another platform.
        if (!existsSync(join(built, ".bin", "node"))) {
            throw new SetupError(
                `npm ci installed no Node.js: package-lock.json does not contain node-${process.platform}-${process.arch}, or its ` +
                    "download failed or has another hash. Use Linux on x64 or arm64, and run the command again.",
            );
        }
        writeFileSync(join(built, STAMP), wanted);
        buildFolder.place(built, join(root, "node_modules"));
    },
};

// npm creates relative links to workspaces and their programs, so the links still work after the folder is moved. npm
// links a program only if its file exists, so the programs are copied too.
function workspaces(root) {
    return readdirSync(join(root, "packages")).flatMap((name) => {
        const bin = join("packages", name, "bin");
        const programs = existsSync(join(root, bin)) ? readdirSync(join(root, bin)).map((each) => join(bin, each)) : [];
        return [join("packages", name, "package.json"), ...programs];
    });
}

/**
 * Returns an environment without the variables that `npm run` sets, such as its project folder, so that a second npm
 * does not use them.
 */
export function npmEnvironment(root) {
    const env = { ...process.env, PATH: machinePath(root) };
    for (const name of Object.keys(env)) {
        if (/^npm_(package_|lifecycle_|command$|config_local_prefix$)/.test(name)) delete env[name];
    }
    return env;
}
