import { type PrepareOptions, prepare } from "../../data-prep/prepare.ts";
import { folderForEach } from "./folder.ts";

/**
 * Creates a folder for each test. `run` prepares data into `out/data.csv`, and `logged` contains the log of the last
 * runs.
 */
export function prepareForEach() {
    const folder = folderForEach();
    let log: string[];
    beforeEach(() => {
        log = [];
    });
    const run = (options: PrepareOptions) =>
        prepare({ output: folder.at("out/data.csv"), log: (line) => log.push(line), ...options });
    return { ...folder, run, logged: () => log };
}
