import { clock, day, iso, item, type Shape, user, verbs } from "./shapes.ts";

/** American days of two-digit years, such as 03/14/26. */
const short = (at: number) => day(at).replace(/^20(\d\d)-(\d\d)-(\d\d)$/, "$2/$3/$1");

/**
 * Exports of five programs that were written down before the columns were found by content, and first read afterwards.
 * The headers are from the documentation of the programs, or from the tests of programs that read their exports.
 */
export const unseen: readonly Shape[] = [
    {
        // https://posthog.com/docs/data-pipelines/sources/posthog
        of: "PostHog's batch export",
        header: "uuid,event,properties.$current_url,properties.product_id,properties.$browser,timestamp,distinct_id,session_id,person_id",
        row: (at) => [
            ...[`018daf23-${at}`, verbs("$pageview", "product viewed", "product bought")(at)],
            ...[`https://shop.example/p/${item(at)}`, `prod-${item(at)}`, verbs("Chrome", "Safari")(at)],
            ...[iso(at), `018e-${user(at)}`, `s-${user(at)}-${at % 3}`, `per-${user(at)}`],
        ],
        roles: "user = distinct_id, item = properties.product_id, time = timestamp, event = event",
    },
    {
        of: "Etsy's sold order items",
        header: "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Discount Amount,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,Ship Name,Ship City,Ship Country,Order ID,Variations,SKU",
        by: ",",
        row: (at) => [
            ...[short(at), `Fern print ${item(at)}`, `buyer_${user(at)}`, 1 + (at % 3), "12.00", "", "0.00", "12.00"],
            ...["USD", 4_000_000 + at, 900_100 + item(at), short(at), short(at + 1), `Ann ${user(at)}`, "Oslo"],
            ...["Norway", 3_000_000 + (at >> 1), "", ""],
        ],
        roles: "user = Buyer, item = Listing ID, time = Sale Date",
    },
    {
        of: "Netflix's viewing activity",
        header: "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,Latest Bookmark,Country",
        by: ",",
        row: (at) => [
            ...[`Kid ${user(at) % 30}`, `${day(at)} ${clock(at)}`, "01:23:45", "", `Film ${item(at)}`],
            ...["", verbs("Smart TV", "Chrome PC")(at), "01:23:45", "Not latest view", "US (United States)"],
        ],
        roles: "user = Profile Name, item = Title, time = Start Time",
    },
    {
        of: "Eventbrite's attendees",
        header: "Order #,Order Date,First Name,Last Name,Email,Quantity,Total Paid,Order Status,Promo Code,Event Name,Event ID,Event Date,Checked In",
        by: ",",
        row: (at) => [
            ...[1000 + at, `${day(at)} ${clock(at)}`, "Ana", `Guest ${user(at)}`, `ana${user(at)}@mail.example`],
            ...[1, "60.00", verbs("Attending", "Refunded")(at), "", `Night ${item(at)}`, 880_000 + item(at)],
            ...[`2026-10-1${item(at) % 9}`, verbs("Yes", "No")(at)],
        ],
        roles: "user = Email, item = Event ID, time = Order Date",
    },
    {
        of: "Gumroad's sales",
        header: "Purchase ID,Item Name,Buyer Name,Purchase Email,Purchase Date,Purchase Time (UTC timezone),Subtotal ($),Fees ($),Net Total ($),Refunded?,Discount Code,Country,Quantity",
        by: ",",
        row: (at) => [
            ...[`g${at}`, `Template ${item(at)}`, `Ada ${user(at)}`, `ada${user(at)}@mail.example`, day(at), "10:00"],
            ...["12.00", "1.85", "10.15", "false", "", "United States", 1],
        ],
        roles: "user = Purchase Email, item = Item Name, time = Purchase Date",
    },
];
