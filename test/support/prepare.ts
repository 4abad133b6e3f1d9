import { buildStorefront } from "../../app/storefront/build.ts";
import { bundleFile } from "../../components/common/lambda-bundle.ts";
import { unpackBrowser } from "../../packages/local-aws/demo/browser.ts";
import { deleteTemporaryFolders } from "./temporary-folder.ts";

/**
 * Builds the storefront and the function bundles and unpacks the browser before mocha's workers start, because two
 * workers could do it at the same time.
 */
export async function mochaGlobalSetup(): Promise<void> {
    await Promise.all([unpackBrowser(), buildStorefront()]);
    for (const name of ["recommendation-api", "prefetch", "cost-guard", "notifier"]) bundleFile(name);
}

export const mochaHooks = {
    afterAll: deleteTemporaryFolders,
    /** Appends the causes of an error to its stack trace, because mocha's parallel mode omits them. */
    afterEach(this: { currentTest?: { err?: Error } }): void {
        const error = this.currentTest?.err;
        let cause = error?.cause;
        while (error && cause instanceof Error) {
            error.stack = `${error.stack}\nCaused by: ${cause.stack}`;
            cause = cause.cause;
        }
    },
};
