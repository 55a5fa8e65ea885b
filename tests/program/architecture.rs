//! The invariants that ARCHITECTURE.md states and the compiler does not check.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::modules::Modules;

/// Sibling modules, and which of the others each may know.
type Knows = &'static [(&'static str, &'static [&'static str])];

/// What every module may know, and what knows no other.
const BASE: [&str; 2] = ["limits", "moment"];

/// The library's modules; [`BASE`] goes without saying.
const KNOWS: Knows = &[
    ("limits", &[]),
    ("moment", &[]),
    ("numbers", &[]),
    ("explain", &[]),
    ("capture", &[]),
    ("layers", &["explain", "numbers"]),
    ("inspect", &["capture", "explain", "layers", "numbers"]),
    ("annotate", &["capture", "inspect", "layers"]),
    ("clocks", &["capture", "inspect", "layers"]),
    ("filter", &["inspect", "layers"]),
    ("redact", &["capture", "explain", "inspect", "layers"]),
    ("index", &["annotate", "capture", "inspect"]),
    ("compare", &["explain", "inspect", "layers"]),
    ("kernel", &["capture"]),
    ("wire", &["capture", "kernel"]),
    ("peer", &["layers"]),
    ("lesson", &["capture", "explain", "inspect", "layers", "numbers", "peer", "wire"]),
    ("tutorial", &["lesson", "wire"]),
    (
        "render",
        &["annotate", "capture", "compare", "explain", "inspect", "layers", "lesson", "numbers", "tutorial", "wire"],
    ),
];

/// Those of `layers`.
const LAYERS: Knows = &[
    ("quoted", &[]),
    ("problem", &["quoted"]),
    ("headers", &[]),
    ("session", &[]),
    ("presentation", &[]),
    ("link", &["headers"]),
    ("network", &["headers", "link"]),
    ("transport", &["headers", "network"]),
    ("stack", &["headers", "link", "network", "transport"]),
    ("application", &["headers", "presentation", "problem", "quoted"]),
];

/// What only the program itself, `main.rs` and `cli.rs`, may do.
const OUTWARD: [&str; 6] = ["println!", "eprintln!", "print!(", "stdout()", "env::var", "process::exit"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The sources of a module of the crate: a file, a folder or both.
fn sources(module: &str) -> Vec<PathBuf> {
    let (mut found, mut waiting) = (Vec::new(), vec![root().join(module), root().join(module).with_extension("rs")]);
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") && path.is_file() {
            // Tests may know everything.
            found.extend((!path.ends_with("tests.rs")).then_some(path));
        }
    }
    assert!(!found.is_empty(), "there is no module {module}");
    found
}

/// Which of the modules in one module names which of the others.
fn arrows(within: &str) -> BTreeMap<String, BTreeSet<String>> {
    let within: Vec<String> = within.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let mut by_name: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in Modules::read(&root()).arrows().remove(&within).unwrap_or_default() {
        by_name.entry(from).or_default().insert(to);
    }
    by_name
}

/// The arrows that no row allows, and what a row allows without need.
fn wrong(arrows: &BTreeMap<String, BTreeSet<String>>, knows: Knows) -> Vec<String> {
    let mut wrong = Vec::new();
    for (module, allowed) in knows {
        let mut found = arrows.get(*module).cloned().unwrap_or_default();
        found.retain(|other| !BASE.contains(&other.as_str()) || BASE.contains(module));
        let allowed: BTreeSet<String> = allowed.iter().map(ToString::to_string).collect();
        wrong.extend(found.difference(&allowed).map(|other| format!("{module} must not know {other}")));
        let spare = allowed.difference(&found);
        wrong.extend(spare.map(|other| format!("{module} no longer uses {other}: take it out of the row")));
    }
    wrong
}

#[test]
fn modules_know_only_those_below_them() {
    let wrong = wrong(&arrows(""), KNOWS);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let others = KNOWS.iter().map(|(other, _)| *other).chain(["cli", "commands", "terminal"]);
    for (module, known) in KNOWS {
        let may_know = |other: &str| other == *module || known.contains(&other) || BASE.contains(&other);
        for path in sources(module) {
            let source = fs::read_to_string(&path).unwrap();
            // Documentation must not speak of them either.
            for other in others.clone().filter(|other| !may_know(other)) {
                let names = source.contains(&format!("crate::{other}"));
                assert!(!names, "{}: {module} must not know {other}", path.display());
            }
        }
    }
}

#[test]
fn layers_know_only_those_that_their_rows_name() {
    let wrong = wrong(&arrows("layers"), LAYERS);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_row() {
    for (folder, knows, above) in
        [("", KNOWS, &["cli", "commands", "lib", "main", "terminal"][..]), ("layers", LAYERS, &["mod"])]
    {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let has_row = above.contains(&name) || knows.iter().any(|(module, _)| *module == name);
            assert!(has_row, "{}: say which modules it may know", path.display());
        }
    }
}

#[test]
fn no_modules_know_each_other() {
    let mut circles = Vec::new();
    for (within, arrows) in Modules::read(&root()).arrows() {
        circles.extend(circles_of(&arrows).into_iter().map(|circle| (within.join("::"), circle)));
    }
    assert!(circles.is_empty(), "these know each other, directly or through others: {circles:#?}");
}

/// The modules from each of which all others of the circle can be reached.
fn circles_of(arrows: &BTreeSet<(String, String)>) -> BTreeSet<Vec<String>> {
    let reached = |from: &String| {
        let (mut reached, mut waiting) = (BTreeSet::new(), vec![from]);
        while let Some(at) = waiting.pop() {
            let next = arrows.iter().filter(|(one, _)| one == at).map(|(_, other)| other);
            waiting.extend(next.filter(|other| reached.insert((*other).clone())));
        }
        reached
    };
    let reach: BTreeMap<&String, BTreeSet<String>> = arrows.iter().map(|(from, _)| (from, reached(from))).collect();
    let circle = |from: &String| -> Vec<String> {
        let back = |other: &&String| reach.get(other).is_some_and(|reached| reached.contains(from));
        reach[from].iter().filter(back).cloned().collect()
    };
    reach.keys().map(|from| circle(from)).filter(|circle| !circle.is_empty()).collect()
}

#[test]
fn nothing_below_the_command_line_prints_asks_the_environment_or_exits() {
    for (module, _) in KNOWS.iter().chain([&("commands", &[][..])]) {
        for path in sources(module) {
            let source = fs::read_to_string(&path).unwrap();
            for word in OUTWARD {
                assert!(!source.contains(word), "{}: {word}", path.display());
            }
        }
    }
}

/// Caps that are not the engine's cost but a fact of a format, or of what a view shows.
const NOT_CAPS: &[&str] = &[
    "BLOCK_LIMIT",      // a block of zstd (RFC 8878 §3.1.1.2.4)
    "MAX_RECORD",       // a TLS record (RFC 8446 §5.1)
    "MAX_NAME",         // a name in DNS and ALPN
    "MAX_LINE",         // a PROXY protocol line
    "MAX_MESSAGE",      // a SOCKS message
    "MAX_METHOD",       // no method is longer by far
    "MAX_HEADER",       // a WebSocket frame's header
    "MAX_CONTROL",      // a WebSocket control frame (RFC 6455 §5.5)
    "MAX_PORTS",        // how many ports a command line may name
    "MOST_OPTIONS",     // a TCP header's options
    "MOST_CREDENTIALS", // what is shown of credentials
    "LONGEST_PAYLOAD",  // an IP datagram
    "LONGEST_WRITTEN",  // what readers of pcapng take
];

#[test]
fn caps_on_memory_and_work_stand_in_one_place_each_under_a_name_of_its_own() {
    let declared = |source: &str| -> Vec<String> {
        let names = source.lines().filter_map(|line| line.split_once("const ")?.1.split_once(": "));
        let names = names.filter(|(_, rest)| ["usize", "u64", "u32"].iter().any(|kind| rest.starts_with(kind)));
        names.map(|(name, _)| name.to_owned()).collect()
    };
    let is_cap = |name: &String| {
        ["MAX", "MOST", "LIMIT", "BUDGET", "PATIENCE", "LONGEST", "REMEMBERED"].iter().any(|word| name.contains(word))
    };
    let limits = declared(&fs::read_to_string(root().join("limits.rs")).unwrap());
    assert!(limits.len() > 30);
    for module in ["annotate", "capture", "filter", "index", "inspect", "layers"] {
        for path in &sources(module) {
            for name in declared(&fs::read_to_string(path).unwrap()) {
                let allowed = !is_cap(&name) || NOT_CAPS.contains(&name.as_str());
                assert!(allowed, "{}: {name} belongs in limits.rs", path.display());
                assert!(!limits.contains(&name), "{}: {name} has its name from limits.rs", path.display());
            }
        }
    }
}

/// What draws on a terminal: colours, widths of characters, tables.
const OF_WRITERS: [&str; 3] = ["anstyle", "unicode_width", "comfy_table"];

/// All sources that contain a text.
fn those_with(text: &str) -> Vec<PathBuf> {
    let all = KNOWS.iter().map(|(module, _)| *module).chain(["commands"]).flat_map(sources);
    all.filter(|path| fs::read_to_string(path).unwrap().contains(text)).collect()
}

#[test]
fn only_writers_know_colours_and_widths() {
    let writers = root().join("render").join("writer");
    for word in OF_WRITERS {
        let found = those_with(&format!("{word}::"));
        assert!(!found.is_empty(), "{word} is not where this test looks");
        assert!(found.iter().all(|path| path.starts_with(&writers)), "{word} is for writers: {found:?}");
    }
}

#[test]
fn captured_text_is_read_in_one_place() {
    assert_eq!(those_with(".pieces()"), [root().join("render").join("writer").join("mod.rs")]);
}
