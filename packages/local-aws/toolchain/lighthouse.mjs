import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npmEnvironment } from "./packages.mjs";
import { digest, readStamp } from "./stamp.mjs";

const STAMP = ".toolchain-stamp";
const INPUTS = ["package.json", "package-lock.json"];

const lists = (root) => join(root, "packages", "local-aws", "toolchain", "lighthouse");
const inPlace = (root) => join(root, ".tools", "lighthouse");
const stamp = (root) => digest([join(lists(root), "package-lock.json"), join(root, ".npmrc")]);

/** Lighthouse for `npm run bench:page`, installed by `npm ci` from the lock file in lighthouse/. */
export const lighthouse = {
    name: "Lighthouse (110 MB)",

    isCurrent(root) {
        return readStamp(join(inPlace(root), STAMP)) === stamp(root) && existsSync(join(inPlace(root), "node_modules"));
    },

    async install(root, buildFolder, found) {
        const built = join(buildFolder.build, "lighthouse");
        mkdirSync(built);
        for (const name of INPUTS) copyFileSync(join(lists(root), name), join(built, name));
        const args = ["ci", "--ignore-scripts", "--omit=dev", "--loglevel=notice"];
        await buildFolder.run("lighthouse", found.npm, args, { cwd: built, env: npmEnvironment(root) });
        writeFileSync(join(built, STAMP), stamp(root));
        buildFolder.place(built, inPlace(root));
    },
};
