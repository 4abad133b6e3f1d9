import {
    type CloudWatchClient,
    DeleteDashboardsCommand,
    GetDashboardCommand,
    PutDashboardCommand,
} from "@aws-sdk/client-cloudwatch";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, entry, named, sameJson } from "./entry.ts";

const gone = ["ResourceNotFound", "DashboardNotFoundError"] as const;

/** Dashboards. They have no tags: one of the same name is overwritten, as CloudWatch does. */
export function dashboardEntries(client: CloudWatchClient): Record<string, AnyEntry> {
    return {
        "aws:cloudwatch/dashboard:Dashboard": entry<aws.cloudwatch.DashboardArgs>({
            properties: { dashboardName: "replace", dashboardBody: "update" },
            async create(args) {
                const id = named(args.dashboardName, "dashboardName");
                await this.update(id, args, args);
                return id;
            },
            async computed(DashboardName) {
                const { DashboardArn } = await client.send(new GetDashboardCommand({ DashboardName }));
                return { dashboardArn: DashboardArn };
            },
            async read(DashboardName, { dashboardBody }) {
                const found = await unlessGone(client.send(new GetDashboardCommand({ DashboardName })), ...gone);
                return found && { dashboardBody: sameJson(dashboardBody, found.DashboardBody) };
            },
            async update(DashboardName, { dashboardBody: DashboardBody }) {
                await client.send(new PutDashboardCommand({ DashboardName, DashboardBody }));
            },
            async delete(name) {
                await unlessGone(client.send(new DeleteDashboardsCommand({ DashboardNames: [name] })), ...gone);
            },
        }),
    };
}
