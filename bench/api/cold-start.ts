import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { nodeOptions } from "../../app/serving/limits.ts";
import { type ApiConfig, pickApiValues } from "../../app/serving/service.ts";
import { readApiDescription } from "../../components/api/api-document.ts";
import { bundleFile } from "../../components/common/lambda-bundle.ts";
import { good } from "../../test/config/parsed.ts";
import { computeLatency } from "./figures.ts";

const starts = 9;

const config: ApiConfig = {
    ...pickApiValues(good()),
    campaignArn: "",
    filters: {},
    tableName: "bench",
    bucketName: "bench",
    cost: { campaignUsdPerHour: 0, estimatedUsdPerMonth: 0, monthlyLimitUsd: 0 },
};

/**
 * Environment of the measured function. No service listens at its endpoint, and the start of the function calls no
 * service, so only the function's own code is measured.
 */
const environment = {
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_REGION: config.region,
    AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    API_CONFIG: JSON.stringify(config),
};

const program = `
const begun = performance.now();
await import(process.argv[1]);
process.stderr.write(String(performance.now() - begun));
process.exit();`;

/**
 * Starts the bundle of the API's function in new processes.
 *
 * @returns the median time to load the bundle, without the start of Node.js itself, and the size of the bundle
 */
export async function coldStart(): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
    const folder = await mkdtemp(join(tmpdir(), "bench-cold-"));
    try {
        const bundle = await readFile(bundleFile("recommendation-api"));
        await writeFile(join(folder, "index.mjs"), bundle);
        await writeFile(join(folder, "openapi.json"), JSON.stringify(readApiDescription()));
        const args = [...nodeOptions, "--input-type=module", "--eval", program, join(folder, "index.mjs")];
        const times: number[] = [];
        for (let start = 0; start < starts; start++) {
            const { stderr } = await promisify(execFile)(process.execPath, args, { env: environment });
            times.push(Number(stderr));
        }
        return { milliseconds: computeLatency(times).p50, bytes: bundle.length };
    } finally {
        await rm(folder, { recursive: true });
    }
}
