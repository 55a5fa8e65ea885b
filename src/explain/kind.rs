//! The kinds of things that can be explained, and what each kind is called.

/// A kind of thing that can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// HTTP status codes.
    Status,
    /// HTTP fields.
    Header,
    /// HTTP methods.
    Method,
    /// WebSocket opcodes.
    Opcode,
    /// WebSocket close codes.
    CloseCode,
    /// OSI layers.
    Layer,
    /// TCP's control bits.
    TcpFlag,
    /// TCP options.
    TcpOption,
    /// Programs that answer HTTP.
    Server,
    /// What can be wrong with a capture.
    Problem,
    /// Words that a beginner meets: packets, hosts, proxies.
    Word,
}

/// What a kind is called.
struct Names {
    one: &'static str,
    all: &'static str,
    /// The words before a name that say which kind is meant, in lower case; the first is the one that this program writes.
    before: &'static [&'static str],
    /// What stands before a title that doesn't say by itself what it is.
    label: &'static str,
    examples: &'static str,
}

impl Kind {
    /// All kinds. Where one word means several things, the kind that comes first here is the likeliest.
    pub const ALL: [Self; 11] = [
        Self::Status,
        Self::Header,
        Self::Method,
        Self::Opcode,
        Self::CloseCode,
        Self::Layer,
        Self::TcpFlag,
        Self::TcpOption,
        Self::Server,
        Self::Problem,
        Self::Word,
    ];

    fn names(self) -> &'static Names {
        &NAMES[self as usize]
    }

    /// What one of them is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.names().one
    }

    /// The words that ask for all of them.
    #[must_use]
    pub fn plural(self) -> &'static str {
        self.names().all
    }

    /// What to type to ask for some of them.
    #[must_use]
    pub fn examples(self) -> &'static str {
        self.names().examples
    }

    pub(super) fn words(self) -> &'static [&'static str] {
        self.names().before
    }

    pub(super) fn label(self) -> &'static str {
        self.names().label
    }
}

/// In the order of the variants.
const NAMES: [Names; 11] = [
    Names {
        one: "status code",
        all: "statuses",
        before: &["status", "statuses", "status code", "status codes", "code", "codes"],
        label: "",
        examples: "101, 404, \"not found\", 4xx",
    },
    Names {
        one: "header field",
        all: "headers",
        before: &["header", "headers", "field", "fields", "header field", "header fields"],
        label: "",
        examples: "host, etag, \"Sec-WebSocket-Key\"",
    },
    Names { one: "method", all: "methods", before: &["method", "methods"], label: "", examples: "get, post, options" },
    Names {
        one: "WebSocket opcode",
        all: "opcodes",
        before: &["opcode", "opcodes"],
        label: "opcode ",
        examples: "ping, \"opcode 1\"",
    },
    Names {
        one: "WebSocket close code",
        all: "close codes",
        before: &["close", "close code", "close codes"],
        label: "close ",
        examples: "1000, 1006, \"going away\"",
    },
    Names {
        one: "OSI layer",
        all: "layers",
        before: &["layer", "layers", "osi", "osi layer", "osi layers"],
        label: "layer ",
        examples: "transport, \"layer 4\"",
    },
    Names {
        one: "TCP flag",
        all: "tcp flags",
        before: &["flag", "flags", "tcp", "tcp flag", "tcp flags"],
        label: "",
        examples: "syn, \"tcp fin\"",
    },
    Names {
        one: "TCP option",
        all: "tcp options",
        before: &["option", "options", "tcp", "tcp option", "tcp options"],
        label: "TCP option ",
        examples: "mss, sack, \"option 8\"",
    },
    Names {
        one: "server",
        all: "servers",
        before: &["server", "servers"],
        label: "",
        examples: "nginx, iis, node: what gives each away",
    },
    Names {
        one: "problem",
        all: "problems",
        before: &["problem", "problems", "problem code", "problem codes"],
        label: "",
        examples: "wrong-accept, \"unmasked client frame\"",
    },
    Names {
        one: "word",
        all: "words",
        before: &["word", "words", "term", "terms", "glossary"],
        label: "",
        examples: "packet, proxy, \"three-way handshake\"",
    },
];
