import { buildStorefront } from "../../app/storefront/build.ts";
import { bundleFile } from "../../components/common/lambda-bundle.ts";
import { unpackBrowser } from "../../packages/local-aws/demo/browser.ts";

/** Makes once, before the workers start, what two of them would make at the same time. */
export async function mochaGlobalSetup(): Promise<void> {
    await Promise.all([unpackBrowser(), buildStorefront()]);
    for (const name of ["recommendation-api", "prefetch", "cost-guard", "notifier"]) bundleFile(name);
}
