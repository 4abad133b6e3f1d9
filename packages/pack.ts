import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Command } from "commander";
import ts from "typescript";
import { findServiceModelDir } from "./local-personalize/botocore.ts";
import { pluginSchema } from "./plugin-schema.ts";

/**
 * Builds the packages that others install, and packs each into a tarball. A package without a `dist` runs from its
 * TypeScript sources, as in this repository.
 */

const packages = import.meta.dirname;
const root = dirname(packages);
const read = (file: string) => JSON.parse(readFileSync(file, "utf8"));

interface Package {
    readonly name: string;
    /** Packages of this repository that the tarball contains. */
    readonly bundled: readonly string[];
    /** Adds files that are not compiled. */
    addTo?(dist: string): void;
}

/** The services whose models local-personalize ships, so that it needs no Python. */
const services = ["personalize", "personalize-runtime", "personalize-events"];

const published: readonly Package[] = [
    { name: "local-personalize", bundled: ["filter-grammar"], addTo: copyServiceModels },
    { name: "access-doctor", bundled: ["policy-evaluator", "terminal-text"] },
    { name: "pulumi-personalize", bundled: ["policy-evaluator", "terminal-text"], addTo: addPluginSchema },
];

/**
 * Returns the tarballs' paths by package: those in the folder of the environment variable `MOVIE_RECOMMENDER_TARBALLS`,
 * which a release publishes, or new ones in `folder`.
 */
export function packedIn(folder: string): Record<string, string> {
    const { MOVIE_RECOMMENDER_TARBALLS: made } = process.env;
    if (made === undefined) return packAll(folder);
    const version = (name: string) => read(join(packages, name, "package.json")).version;
    return Object.fromEntries(published.map(({ name }) => [name, join(made, `${name}-${version(name)}.tgz`)]));
}

/** Builds and packs all packages into a folder. Returns the tarballs' paths, by package. */
function packAll(folder: string): Record<string, string> {
    mkdirSync(folder, { recursive: true });
    return Object.fromEntries(published.map((each) => [each.name, pack(each, resolve(folder))]));
}

function pack({ name, bundled, addTo }: Package, folder: string): string {
    const dist = join(packages, name, "dist");
    rmSync(dist, { recursive: true, force: true });
    const types: Record<string, string[]> = {};
    for (const each of bundled) {
        build(each, join(dist, "node_modules", each), {}, []);
        types[each] = [join(dist, "node_modules", each, "index.d.ts")];
    }
    build(name, dist, types, bundled);
    addTo?.(dist);
    const output = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
        cwd: dist,
        encoding: "utf8",
    });
    const [{ filename }] = JSON.parse(output);
    return join(folder, filename);
}

/** Documents of a package that its tarball contains, if they exist. */
const pages = ["README.md", "REFERENCE.md", "CHANGELOG.md"];

/** Compiles a package's sources, and writes its package.json, license and documents beside them. */
function build(name: string, dist: string, types: Record<string, string[]>, bundled: readonly string[]): void {
    const source = join(packages, name);
    compile(source, dist, types);
    const { private: _, exports: sources, bin, ...described } = read(join(source, "package.json"));
    const repository = process.env.GITHUB_REPOSITORY;
    const description = {
        ...described,
        exports: builtExports(sources),
        ...(bin && { bin: Object.fromEntries(Object.keys(bin).map((program) => [program, `${program}.js`])) }),
        files: ["**/*.js", "**/*.mjs", "**/*.d.ts", "**/*.d.mts", "service-models", "schema.json", "NOTICE", ...pages],
        ...(bundled.length > 0 && { dependencies: everyDependency(described, bundled), bundleDependencies: bundled }),
        // npm accepts the package's provenance only if this field names the repository of the workflow that publishes
        // the package.
        ...(repository && {
            repository: { type: "git", url: `git+https://github.com/${repository}.git`, directory: `packages/${name}` },
        }),
    };
    writeFileSync(join(dist, "package.json"), `${JSON.stringify(description, null, 4)}\n`);
    for (const [program, file] of Object.entries<string>(bin ?? {})) {
        writeFileSync(join(dist, `${program}.js`), launcher(program, built(file), described.engines.node));
    }
    cpSync(join(root, "LICENSE"), join(dist, "LICENSE"));
    for (const page of pages) {
        if (existsSync(join(source, page))) cpSync(join(source, page), join(dist, page));
    }
}

/**
 * Returns a program that checks the version of Node.js before it loads the package, because an older version cannot
 * load the package's modules.
 */
const launcher = (program: string, file: string, range: string): string => `#!/usr/bin/env node
const needed = "${range.replace(/^>=/, "")}".split(".").map(Number);
const found = process.versions.node.split(".").map(Number);
if (found[0] > needed[0] || (found[0] === needed[0] && found[1] >= needed[1])) {
    await import("./${file}");
} else {
    console.error(\`${program} needs Node.js \${needed.join(".")} or newer; this is Node.js \${process.versions.node}.\`);
    process.exitCode = 1;
}
`;

const built = (source: string) => source.replace(/\.ts$/, ".js");

/**
 * Returns the `exports` of a package.json for compiled files; `sources` contains the TypeScript file of one module, or
 * of several modules by name.
 */
function builtExports(sources: string | Readonly<Record<string, string>>): object {
    const modules = Object.entries(typeof sources === "string" ? { ".": sources } : sources);
    return Object.fromEntries(
        modules.map(([name, source]) => {
            return [name, { types: source.replace(/\.ts$/, ".d.ts"), default: built(source) }];
        }),
    );
}

/** Returns a package's dependencies, including those of the bundled packages, which npm does not install. */
function everyDependency({ dependencies }: { dependencies: object }, bundled: readonly string[]): object {
    return Object.assign(
        {},
        ...bundled.map((each) => read(join(packages, each, "package.json")).dependencies),
        dependencies,
    );
}

/** Compiles a package's sources. @throws Error with the compiler's messages */
function compile(source: string, dist: string, types: Record<string, string[]>): void {
    const sources = readdirSync(source, { recursive: true, encoding: "utf8" })
        .filter((file) => /\.m?[tj]s$/.test(file) && !/^(test|dist|node_modules)\//.test(file))
        .map((file) => join(source, file));
    const { options, errors } = ts.convertCompilerOptionsFromJson(
        {
            ...read(join(root, "tsconfig.json")).compilerOptions,
            noEmit: false,
            allowImportingTsExtensions: false,
            rewriteRelativeImportExtensions: true,
            declaration: true,
            sourceMap: false,
            types: ["node"],
            rootDir: source,
            outDir: dist,
            paths: types,
        },
        root,
    );
    const program = ts.createProgram(sources, options);
    const problems = [...errors, ...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
    if (problems.length > 0) {
        const host = {
            getCurrentDirectory: () => root,
            getCanonicalFileName: (file: string) => file,
            getNewLine: () => "\n",
        };
        throw new Error(`${relative(root, source)} does not compile:\n${ts.formatDiagnostics(problems, host)}`);
    }
}

function addPluginSchema(dist: string): void {
    writeFileSync(join(dist, "schema.json"), pluginSchema(read(join(dist, "package.json"))));
}

function copyServiceModels(dist: string): void {
    const models = findServiceModelDir();
    for (const service of services) {
        for (const version of readdirSync(join(models, service))) {
            const file = ["service-2.json.gz", "service-2.json"].find((each) =>
                existsSync(join(models, service, version, each)),
            );
            if (file === undefined) continue;
            cpSync(join(models, service, version, file), join(dist, "service-models", service, version, file));
        }
    }
    const notice =
        "service-models/ contains files of botocore, Copyright Amazon.com, Inc. or its affiliates, Apache-2.0.\n";
    writeFileSync(join(dist, "NOTICE"), notice);
}

if (import.meta.main) {
    const { out } = new Command("pack")
        .description("Builds the packages that others install, and packs each into a tarball")
        .version(read(join(root, "package.json")).version, "--version", "print the version")
        .addHelpText("after", "\nExamples:\n  npm run pack\n  npm run pack -- --out /tmp/tarballs")
        .option("--out <folder>", "folder for the tarballs", join(packages, "tarballs"))
        .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
        .parse()
        .opts<{ out: string }>();
    for (const tarball of Object.values(packAll(out))) console.log(tarball);
}
