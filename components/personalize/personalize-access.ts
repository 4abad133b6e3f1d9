import * as pulumi from "@pulumi/pulumi";
import {
    executionRolePolicy,
    executionRoleTrust,
    type ImportPlace,
    type ServiceCaller,
} from "../../iam/import-access.ts";
import { serviceRole } from "../common/service-role.ts";

export interface PersonalizeAccessArgs {
    readonly roleName: string;
    readonly caller: pulumi.Input<ServiceCaller>;
    readonly place: pulumi.Input<ImportPlace>;
    readonly tags: Readonly<Record<string, string>>;
    /** ARN of the permissions boundary; undefined: no boundary. */
    readonly permissionsBoundary: string | undefined;
}

/** The execution role of Amazon Personalize, with access to the interactions only. */
export class PersonalizeAccess extends pulumi.ComponentResource {
    /** ARN of the role, resolved after its policy is attached, so that users of the role wait for it. */
    public readonly roleArn: pulumi.Output<string>;

    constructor(name: string, args: PersonalizeAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:access:PersonalizeAccess", name, {}, opts);
        const { roleName, permissionsBoundary, tags } = args;
        this.roleArn = serviceRole(
            name,
            {
                roleName,
                caller: args.caller,
                permissionsBoundary,
                tags,
                description: "Amazon Personalize uses this role to read the interactions",
                trust: pulumi.output(args.caller).apply(executionRoleTrust),
                policyName: "read-interactions",
                policy: pulumi.output(args.place).apply(executionRolePolicy),
            },
            { parent: this },
        );
        this.registerOutputs({ roleArn: this.roleArn });
    }
}
