/** A table of at least 200 rows in the form of a public export, and the columns that hold users, items and times. */
export interface Shape {
    readonly of: string;
    readonly header: string;
    /** The delimiter; JSON lines without one. */
    readonly by?: string;
    readonly row: (at: number) => readonly (string | number)[];
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
        by: ",",
        row: (at) => [
            ...[
                `#${1000 + at}`,
                `ann${user(at)}@mail.example`,
                "paid",
                `${day(at)} ${clock(at)} +0100`,
                "EUR",
                10 + item(at),
            ],
            ...[
                1 + (at % 3),
                `Shirt ${item(at)}`,
                `${item(at)}.50`,
                `SKU-${item(at)}`,
                `${day(at)} ${clock(at)} +0100`,
                "Acme",
            ],
        ],
        roles: "user = Email, item = Lineitem sku, time = Created at",
    },
    {
        of: "WooCommerce's orders",
        header: "Order Number,Order Status,Order Date,Email (Billing),SKU,Item Name,Quantity,Item Cost",
        by: ",",
        row: (at) => [
            at + 1,
            "completed",
            `${day(at)} ${clock(at)}`,
            `bob${user(at)}@mail.example`,
            `WC-${item(at)}`,
            `Mug ${item(at)}`,
            1,
            "9.99",
        ],
        roles: "user = Email (Billing), item = SKU, time = Order Date",
    },
    {
        of: "REES46's events",
        header: "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session",
        by: ",",
        row: (at) => [
            ...[
                `${day(at)} ${clock(at)} UTC`,
                verbs("view", "cart", "purchase")(at),
                1_000_000 + item(at),
                2_053_013_555,
                "electronics.phone",
            ],
            ...["acme", "489.07", 541_312_140 + user(at), `72d76fde-${user(at)}`],
        ],
        roles: "user = user_id, item = product_id, time = event_time, event = event_type",
    },
    {
        of: "a Spanish shop",
        header: "Nº cliente;Referencia;Fecha pedido;Importe",
        by: ";",
        row: (at) => [`C${user(at)}`, `REF-${item(at)}`, iso(at), `${item(at)},50`],
        roles: "user = Nº cliente, item = Referencia, time = Fecha pedido",
    },
    {
        of: "a French shop",
        header: "Code client;Référence;Désignation;Date commande;Quantité",
        by: ";",
        row: (at) => [`CL${user(at)}`, `R-${item(at)}`, `Chaise ${item(at)}`, iso(at), 1 + (at % 3)],
        roles: "user = Code client, item = Référence, time = Date commande",
    },
    {
        of: "views of a video service",
        header: "profile_id,title_id,watched_at,device",
        by: ",",
        row: (at) => [`p${user(at)}`, `tt${item(at)}`, iso(at), verbs("tv", "phone")(at)],
        roles: "user = profile_id, item = title_id, time = watched_at",
    },
    {
        of: "plays of a music service",
        header: "listener,track_id,played_at,ms_played",
        by: ",",
        row: (at) => [`l${user(at)}`, `tr${item(at)}`, iso(at), 1000 * item(at)],
        roles: "user = listener, item = track_id, time = played_at",
    },
    {
        of: "a Dutch shop",
        header: "klantnummer;artikelnummer;tijdstip;actie",
        by: ";",
        row: (at) => [`K${user(at)}`, `A${item(at)}`, iso(at), verbs("bekeken", "gekocht", "bekeken")(at)],
        roles: "user = klantnummer, item = artikelnummer, time = tijdstip, event = actie",
    },
    {
        of: "Mixpanel's events, flattened",
        header: "event,distinct_id,time,product_id,$browser",
        row: (at) => [
            verbs("Product Viewed", "Added To Cart")(at),
            `u-${user(at)}`,
            1_790_000_000 + at * 3600,
            `p-${item(at)}`,
            "Chrome",
        ],
        roles: "user = distinct_id, item = product_id, time = time, event = event",
    },
    {
        of: "BigCommerce's orders",
        header: "Order ID,Customer ID,Customer Name,Order Date,Product ID,Product SKU,Product Name,Product Qty",
        by: ",",
        row: (at) => [
            at + 1,
            user(at),
            `Ann ${user(at)}`,
            `${day(at)} ${clock(at)}`,
            500 + item(at),
            `BC-${item(at)}`,
            `Lamp ${item(at)}`,
            1,
        ],
        roles: "user = Customer ID, item = Product ID, time = Order Date",
    },
    {
        of: "a Polish shop",
        header: "Klient;Produkt;Data zamówienia;Ilość",
        by: ";",
        row: (at) => [`K-${user(at)}`, `P-${item(at)}`, iso(at), 1 + (at % 2)],
        roles: "user = Klient, item = Produkt, time = Data zamówienia",
    },
    {
        of: "PrestaShop's order details",
        header: "id_order;id_customer;product_reference;product_name;date_add;product_quantity",
        by: ";",
        row: (at) => [at + 1, user(at), `PS-${item(at)}`, `Vase ${item(at)}`, `${day(at)} ${clock(at)}`, 1],
        roles: "user = id_customer, item = product_reference, time = date_add",
    },
    {
        of: "Spotify's extended history",
        header: "ts,username,ms_played,master_metadata_track_name,spotify_track_uri,skipped",
        row: (at) => [
            iso(at),
            `u${user(at)}`,
            1000 * item(at),
            `Song ${item(at)}`,
            `spotify:track:${item(at)}`,
            "false",
        ],
        roles: "user = username, item = spotify_track_uri, time = ts",
    },
];

/**
 * Tables in which a stranger found a wrong column without a question: header, three rows, and the right columns, or the
 * role for which data-prep asks.
 */
export const traps: readonly (readonly [header: string, rows: string, right: string])[] = [
    [
        "Kundnummer,Artikelnummer,Orderdatum,Leveransdatum",
        "723,A-23,2024-03-01 08:13,2024-03-04 02:40;747,A-13,2024-03-01 08:48,2024-03-04 03:23;732,A-01,2024-03-01 09:22,2024-03-04 03:57",
        "item = Artikelnummer, time = Orderdatum, user = Kundnummer",
    ],
    [
        "customer_id,product_id,bought,signup",
        "k47,p25,2024-03-05,2022-03-07;k48,p26,2024-03-06,2022-03-08;k49,p25,2024-03-07,2022-03-09",
        "item = product_id, time = bought, user = customer_id",
    ],
    [
        "customer,product,date_of_birth,purchase_ts",
        "C021,P017,2007-01-20,1709281113;C000,P025,2007-01-26,1709282691;C005,P010,2007-02-01,1709284534",
        "item = product, time = purchase_ts, user = customer",
    ],
    [
        "customer_id,product_id,product_created_at",
        "C044,P019,2022-08-23 18:41:14;C048,P008,2022-08-23 19:31:21;C031,P039,2022-08-23 19:56:08",
        "time",
    ],
    [
        "member_id,course_id,enrolled,expires,last_login",
        "m20,c7,2024-03-01,2024-03-15,2024-03-06 21:36:51;m21,c8,2024-03-01,2024-03-15,2024-03-06 21:36:51;m20,c9,2024-03-02,2024-03-16,2024-03-07 21:36:51",
        "item = course_id, time = enrolled, user = member_id",
    ],
    [
        "user_id,customer_id,product_id,order_date",
        "11,109,510,2024-03-01 08:17:06;12,137,508,2024-03-01 08:39:27;14,104,501,2024-03-01 09:15:52",
        "user",
    ],
    [
        "utilisateur,client,article,date_commande",
        "vendeur2,115,a37,2024-03-01;vendeur1,110,a38,2024-03-01;vendeur1,100,a39,2024-03-02",
        "user",
    ],
    [
        "user,customer_number,product,product_code,ordered_on,due_on",
        "0,9005,Shoes,k36,2024-03-01,2024-03-15;1,9006,Shoes,k37,2024-03-01,2024-03-15;0,9007,Hats,k36,2024-03-02,2024-03-16",
        "item = product_code, time = ordered_on, user = customer_number",
    ],
    [
        "anonymous_id,product_id,timestamp,user_id",
        "710d,p17,1709281113,;30c2,p31,1709281213,424;30c3,p31,1709281313,",
        "user",
    ],
    [
        "Order Date,Email (Billing),SKU,Product ID,Item #",
        "2024-03-01 08:01,ned1@example.com,w17,315,1;2024-03-01 08:02,ned2@example.com,w18,308,2;2024-03-01 08:03,ned1@example.com,w19,303,3",
        "item = Product ID, time = Order Date, user = Email (Billing)",
    ],
    [
        "customer_id,product_id,date,transaction_type",
        "138,d16,2024-03-01,sale;113,d25,2024-03-01,return;137,d36,2024-03-01,sale;137,d16,2024-03-02,return",
        "event = transaction_type, item = product_id, time = date, user = customer_id",
    ],
];

/** Returns the file of a shape with 240 rows. */
export function shapeText({ header, by, row }: Shape): string {
    const rows = Array.from({ length: 240 }, (_, at) => row(at));
    if (by !== undefined) return `${[header, ...rows.map((cells) => cells.join(by))].join("\n")}\n`;
    const names = header.split(",");
    return rows
        .map((cells) => `${JSON.stringify(Object.fromEntries(names.map((name, at) => [name, cells[at]])))}\n`)
        .join("");
}
