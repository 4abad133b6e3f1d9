/** A table of at least 200 rows in the form of a public export, and the columns that hold users, items and times. */
export interface Shape {
    readonly of: string;
    /** The first line; absent for JSON lines. */
    readonly header?: string;
    /** Returns a row as text, or the object of a line of JSON. */
    readonly row: (at: number) => string | object;
    readonly roles: string;
}

export const user = (at: number) => 1 + ((at * 7) % 41);
export const item = (at: number) => 1 + ((at * at) % 67);
export const day = (at: number) => `2026-0${1 + (at % 9)}-1${at % 9}`;
export const clock = (at: number) => `${10 + (at % 10)}:${10 + (at % 49)}:${10 + (at % 47)}`;
export const iso = (at: number) => `${day(at)}T${clock(at)}Z`;
export const verbs =
    (...words: string[]) =>
    (at: number) =>
        words[at % words.length] as string;

/** Headers from the documentation of each program. */
export const shapes: readonly Shape[] = [
    {
        of: "Shopify's orders",
        header: "Name,Email,Financial Status,Paid at,Currency,Total,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Created at,Vendor",
        row: (at) => {
            const time = `${day(at)} ${clock(at)} +0100`;
            const line = `${1 + (at % 3)},Shirt ${item(at)},${item(at)}.50,SKU-${item(at)}`;
            return `#${1000 + at},ann${user(at)}@mail.example,paid,${time},EUR,${10 + item(at)},${line},${time},Acme`;
        },
        roles: "user = Email, item = Lineitem sku, time = Created at",
    },
    {
        of: "WooCommerce's orders",
        header: "Order Number,Order Status,Order Date,Email (Billing),SKU,Item Name,Quantity,Item Cost",
        row: (at) =>
            `${at + 1},completed,${day(at)} ${clock(at)},bob${user(at)}@mail.example,WC-${item(at)},Mug ${item(at)},1,9.99`,
        roles: "user = Email (Billing), item = SKU, time = Order Date",
    },
    {
        of: "REES46's events",
        header: "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session",
        row: (at) => {
            const product = `${1_000_000 + item(at)},2053013555,electronics.phone,acme,489.07`;
            const event = verbs("view", "cart", "purchase")(at);
            return `${day(at)} ${clock(at)} UTC,${event},${product},${541_312_140 + user(at)},72d76fde-${user(at)}`;
        },
        roles: "user = user_id, item = product_id, time = event_time, event = event_type",
    },
    {
        of: "a Spanish shop",
        header: "Nº cliente;Referencia;Fecha pedido;Importe",
        row: (at) => `C${user(at)};REF-${item(at)};${iso(at)};${item(at)},50`,
        roles: "user = Nº cliente, item = Referencia, time = Fecha pedido",
    },
    {
        of: "a French shop",
        header: "Code client;Référence;Désignation;Date commande;Quantité",
        row: (at) => `CL${user(at)};R-${item(at)};Chaise ${item(at)};${iso(at)};${1 + (at % 3)}`,
        roles: "user = Code client, item = Référence, time = Date commande",
    },
    {
        of: "views of a video service",
        header: "profile_id,title_id,watched_at,device",
        row: (at) => `p${user(at)},tt${item(at)},${iso(at)},${verbs("tv", "phone")(at)}`,
        roles: "user = profile_id, item = title_id, time = watched_at",
    },
    {
        of: "plays of a music service",
        header: "listener,track_id,played_at,ms_played",
        row: (at) => `l${user(at)},tr${item(at)},${iso(at)},${1000 * item(at)}`,
        roles: "user = listener, item = track_id, time = played_at",
    },
    {
        of: "a Dutch shop",
        header: "klantnummer;artikelnummer;tijdstip;actie",
        row: (at) => `K${user(at)};A${item(at)};${iso(at)};${verbs("bekeken", "gekocht", "bekeken")(at)}`,
        roles: "user = klantnummer, item = artikelnummer, time = tijdstip, event = actie",
    },
    {
        of: "Mixpanel's events, flattened",
        row: (at) => ({
            ...{ event: verbs("Product Viewed", "Added To Cart")(at), distinct_id: `u-${user(at)}` },
            ...{ time: 1_790_000_000 + at * 3600, product_id: `p-${item(at)}`, $browser: "Chrome" },
        }),
        roles: "user = distinct_id, item = product_id, time = time, event = event",
    },
    {
        of: "BigCommerce's orders",
        header: "Order ID,Customer ID,Customer Name,Order Date,Product ID,Product SKU,Product Name,Product Qty",
        row: (at) => {
            const product = `${500 + item(at)},BC-${item(at)},Lamp ${item(at)},1`;
            return `${at + 1},${user(at)},Ann ${user(at)},${day(at)} ${clock(at)},${product}`;
        },
        roles: "user = Customer ID, item = Product ID, time = Order Date",
    },
    {
        of: "a Polish shop",
        header: "Klient;Produkt;Data zamówienia;Ilość",
        row: (at) => `K-${user(at)};P-${item(at)};${iso(at)};${1 + (at % 2)}`,
        roles: "user = Klient, item = Produkt, time = Data zamówienia",
    },
    {
        of: "PrestaShop's order details",
        header: "id_order;id_customer;product_reference;product_name;date_add;product_quantity",
        row: (at) => `${at + 1};${user(at)};PS-${item(at)};Vase ${item(at)};${day(at)} ${clock(at)};1`,
        roles: "user = id_customer, item = product_reference, time = date_add",
    },
    {
        of: "Spotify's extended history",
        row: (at) => ({
            ...{ ts: iso(at), username: `u${user(at)}`, ms_played: 1000 * item(at) },
            ...{ master_metadata_track_name: `Song ${item(at)}`, spotify_track_uri: `spotify:track:${item(at)}` },
            skipped: "false",
        }),
        roles: "user = username, item = spotify_track_uri, time = ts",
    },
    {
        // https://support.google.com/analytics/answer/7029846
        of: "GA4's export to BigQuery",
        row: (at) => ({
            event_date: day(at).replaceAll("-", ""),
            event_timestamp: `${1_790_000_000_000_000 + at * 3_600_000_123}`,
            event_name: verbs("page_view", "view_item", "purchase")(at),
            event_params: [
                { key: "page_location", value: { string_value: `https://shop.example/${item(at)}` } },
                { key: "ga_session_id", value: { int_value: `${1_790_000_000 + user(at)}` } },
            ],
            user_pseudo_id: `${1_000_000_000 + user(at)}.${1_600_000_000 + user(at)}`,
            ...{ user_properties: [], user_first_touch_timestamp: "1780000000000000" },
            ...{ device: { category: "mobile" }, stream_id: "21" },
            items: [at, at + 7].slice(0, at % 3 === 0 ? 0 : 2).map((each) => ({
                ...{ item_id: `SKU_${item(each)}`, item_name: `Mug ${item(each)}`, price: 9 },
            })),
        }),
        roles: "user = user_pseudo_id, item = items[].item_id, time = event_timestamp, event = event_name",
    },
];

/** Returns the file of a shape with 240 rows. */
export function shapeText({ header, row }: Shape): string {
    const rows = Array.from({ length: 240 }, (_, at) => row(at));
    const lines = rows.map((each) => (typeof each === "string" ? each : JSON.stringify(each)));
    return `${[...(header === undefined ? [] : [header]), ...lines].join("\n")}\n`;
}
