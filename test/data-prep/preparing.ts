import { type PrepareOptions, prepare } from "../../data-prep/prepare.ts";
import { folderForEach } from "./folder.ts";

/** A folder for each test, `run` that prepares into its `out/data.csv`, and `logged`, the lines of the last runs. */
export function prepareForEach() {
    const { at, put } = folderForEach();
    let log: string[];
    beforeEach(() => {
        log = [];
    });
    const run = (options: PrepareOptions) =>
        prepare({ output: at("out/data.csv"), log: (line) => log.push(line), ...options });
    return { at, put, run, logged: () => log };
}
