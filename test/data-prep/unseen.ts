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
        row: (at) => ({
            ...{ uuid: `018daf23-${at}`, event: verbs("$pageview", "product viewed", "product bought")(at) },
            ...{ "properties.$current_url": `https://shop.example/p/${item(at)}` },
            ...{ "properties.product_id": `prod-${item(at)}`, "properties.$browser": verbs("Chrome", "Safari")(at) },
            ...{ timestamp: iso(at), distinct_id: `018e-${user(at)}`, session_id: `s-${user(at)}-${at % 3}` },
            person_id: `per-${user(at)}`,
        }),
        roles: "user = distinct_id, item = properties.product_id, time = timestamp, event = event",
    },
    {
        of: "Etsy's sold order items",
        header: "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Discount Amount,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,Ship Name,Ship City,Ship Country,Order ID,Variations,SKU",
        row: (at) => {
            const sold = `${short(at)},Fern print ${item(at)},buyer_${user(at)},${1 + (at % 3)},12.00,,0.00,12.00,USD`;
            const listing = `${4_000_000 + at},${900_100 + item(at)},${short(at)},${short(at + 1)}`;
            return `${sold},${listing},Ann ${user(at)},Oslo,Norway,${3_000_000 + (at >> 1)},,`;
        },
        roles: "user = Buyer, item = Listing ID, time = Sale Date",
    },
    {
        of: "Netflix's viewing activity",
        header: "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,Latest Bookmark,Country",
        row: (at) => {
            const device = verbs("Smart TV", "Chrome PC")(at);
            const start = `Kid ${user(at) % 30},${day(at)} ${clock(at)},01:23:45`;
            return `${start},,Film ${item(at)},,${device},01:23:45,Not latest view,US (United States)`;
        },
        roles: "user = Profile Name, item = Title, time = Start Time",
    },
    {
        of: "Eventbrite's attendees",
        header: "Order #,Order Date,First Name,Last Name,Email,Quantity,Total Paid,Order Status,Promo Code,Event Name,Event ID,Event Date,Checked In",
        row: (at) => {
            const who = `Ana,Guest ${user(at)},ana${user(at)}@mail.example,1,60.00,${verbs("Attending", "Refunded")(at)}`;
            const event = `Night ${item(at)},${880_000 + item(at)},2026-10-1${item(at) % 9},${verbs("Yes", "No")(at)}`;
            return `${1000 + at},${day(at)} ${clock(at)},${who},,${event}`;
        },
        roles: "user = Email, item = Event ID, time = Order Date",
    },
    {
        of: "Gumroad's sales",
        header: "Purchase ID,Item Name,Buyer Name,Purchase Email,Purchase Date,Purchase Time (UTC timezone),Subtotal ($),Fees ($),Net Total ($),Refunded?,Discount Code,Country,Quantity",
        row: (at) => {
            const buyer = `Ada ${user(at)},ada${user(at)}@mail.example,${day(at)},10:00`;
            return `g${at},Template ${item(at)},${buyer},12.00,1.85,10.15,false,,United States,1`;
        },
        roles: "user = Purchase Email, item = Item Name, time = Purchase Date",
    },
];
