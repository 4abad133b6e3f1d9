import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "terminal-text";
import type { ConfigProblem, StackConfig } from "../../core/config/config.ts";

/** The account of a caller, and URLs to which its calls go, by service. */
interface Identity {
    readonly accountId: string;
    readonly endpoints: Readonly<Record<string, string>>;
}

/** The environment's identity, with the URL of Personalize. */
interface OwnIdentity extends Identity {
    readonly personalize: string;
}

/**
 * Returns the problem of a program with two identities. The AWS plugin has the credentials and endpoints of config
 * `aws:`; the dynamic providers of Personalize's resources, and the runbooks, have those of the environment, which this
 * process has too. Both have the region of `aws:region`.
 */
export async function identityProblem({ region }: Pick<StackConfig, "region">): Promise<ConfigProblem | undefined> {
    const endpoints: Readonly<Record<string, string>>[] = new pulumi.Config("aws").getObject("endpoints") ?? [];
    const [{ accountId }, own] = await Promise.all([aws.getCallerIdentity(), ownIdentity(region).catch(messageOf)]);
    if (typeof own !== "string") return identityFault({ accountId, endpoints: Object.assign({}, ...endpoints) }, own);
    const reason =
        "or another key of credentials works, but not the environment's credentials, which Personalize and the runbooks use " +
        `(${own}). Set AWS_PROFILE, for example`;
    return { path: "aws:profile", reason };
}

/**
 * Returns the difference between the plugin's identity and the environment's. All endpoints of AWS count as one, so that
 * FIPS and VPC endpoints are no difference.
 */
export function identityFault(plugin: Identity, own: OwnIdentity): ConfigProblem | undefined {
    if (plugin.accountId !== own.accountId) {
        const reason =
            `or another key of credentials selects account ${plugin.accountId}, but Personalize and the runbooks use the environment's ` +
            `credentials, of account ${own.accountId}. Use one account: \`pulumi config rm aws:profile\`, and set AWS_PROFILE, for example`;
        return { path: "aws:profile", reason };
    }
    const { personalize } = own;
    const { personalize: _, ...others } = { ...own.endpoints, ...plugin.endpoints };
    const other = Object.entries(others).find(([, url]) => placeOf(url) !== placeOf(personalize));
    const reason =
        `sends calls of Personalize to ${personalize}, but calls of ${other?.[0]} to ${other?.[1]}: these are not one AWS. ` +
        "Run `pulumi config rm aws:endpoints`, or set AWS_ENDPOINT_URL_PERSONALIZE to the same host";
    return other && { path: "aws:endpoints", reason };
}

/** Returns `AWS` for a URL of AWS, and otherwise its host and port. */
function placeOf(url: string): string {
    const { host } = new URL(url);
    return /\.(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/.test(host) ? "AWS" : host;
}

/** Returns the account of the environment's credentials, and the URLs to which AWS SDKs send calls in this environment. */
async function ownIdentity(region: string): Promise<OwnIdentity> {
    const [{ GetCallerIdentityCommand, STSClient }, { ListSchemasCommand, PersonalizeClient }] = await Promise.all([
        import("@aws-sdk/client-sts"),
        import("@aws-sdk/client-personalize"),
    ]);
    const [sts, personalize] = [new STSClient({ region }), new PersonalizeClient({ region })];
    const urls = { sts: "", personalize: "" };
    const note = (service: keyof typeof urls, { request }: { readonly request: unknown }) => {
        const { protocol, hostname, port } = request as Readonly<Record<"protocol" | "hostname" | "port", string>>;
        urls[service] = `${protocol}//${hostname}${port ? `:${port}` : ""}`;
    };
    sts.middlewareStack.add(
        (next) => (args) => {
            note("sts", args);
            return next(args);
        },
        { step: "build" },
    );
    // Stop before the call is sent, because only its URL matters.
    personalize.middlewareStack.add(
        () => async (args) => {
            note("personalize", args);
            return { response: {}, output: { $metadata: {} } };
        },
        { step: "build" },
    );
    const [{ Account = "" }] = await Promise.all([
        sts.send(new GetCallerIdentityCommand({})),
        personalize.send(new ListSchemasCommand({})),
    ]);
    return { accountId: Account, endpoints: { sts: urls.sts }, personalize: urls.personalize };
}
