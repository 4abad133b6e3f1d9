import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config/config.ts";
import { ProgramError, warn } from "../common/messages.ts";

/** The warning for a stack whose config `viewerAuth` has no issuer. */
export const openToStrangers =
    "Anyone can read and change any viewer's list (viewerAuth has no issuer). Use no real people's data. " +
    "To require a token of each viewer, see docs/viewer-auth.md and run `pulumi config set --path viewerAuth.issuer https://…`.";

/**
 * Warns in the preview if anybody can use the stack's API without a token.
 *
 * @throws ProgramError for an issuer without TLS, because someone in the network could replace the issuer's keys. An
 * issuer without TLS is allowed only for a stack on the local AWS, that is, if `AWS_ENDPOINT_URL` is set.
 */
export function checkViewerAuth(
    { viewerAuth, apiKey, project }: StackConfig,
    env: NodeJS.ProcessEnv,
    resource: pulumi.Resource,
): void {
    if (viewerAuth === undefined) {
        if (!apiKey) warn(openToStrangers, resource);
        return;
    }
    if (!viewerAuth.issuer.startsWith("https://") && env.AWS_ENDPOINT_URL === undefined) {
        throw new ProgramError(
            `${project}:viewerAuth.issuer is "${viewerAuth.issuer}"; AWS needs an https:// issuer. ` +
                "Run `pulumi config set --path viewerAuth.issuer https://…`",
        );
    }
}
