//! The crate's modules, and which of them name which, as their source has it: `crate::`, `super::` and `self::`, single or in
//! braces, followed through what a module hands on with `use`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A module or an item in it, from the crate down.
pub type Name = Vec<String>;

/// All modules of the crate, without those for tests.
pub struct Modules(BTreeMap<Name, Module>);

#[derive(Default)]
struct Module {
    source: String,
    /// What it brings into itself with `use`, and under which name.
    used: BTreeMap<String, Name>,
}

impl Modules {
    /// Reads the modules below a folder.
    pub fn read(folder: &Path) -> Self {
        let mut modules = Self(BTreeMap::new());
        modules.add(folder, &Vec::new());
        let used: Vec<(Name, BTreeMap<String, Name>)> =
            modules.0.iter().map(|(name, module)| (name.clone(), modules.used(name, &module.source))).collect();
        for (name, used) in used {
            modules.0.get_mut(&name).expect("it is from there").used = used;
        }
        modules
    }

    fn add(&mut self, folder: &Path, within: &Name) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let name = if stem == "mod" { within.clone() } else { [&within[..], std::slice::from_ref(&stem)].concat() };
            if stem == "tests" {
                // Tests may know everything.
            } else if path.is_dir() {
                self.add(&path, &name);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = code(&fs::read_to_string(&path).unwrap());
                self.0.insert(name, Module { source, used: BTreeMap::new() });
            }
        }
    }

    /// What a module's `use` lines bring into it.
    fn used(&self, module: &Name, source: &str) -> BTreeMap<String, Name> {
        let mut used = BTreeMap::new();
        for statement in source.split(['\n', ' ']).zip(positions(source)).filter(|(word, _)| *word == "use") {
            let (mut leaves, mut rest) = (Vec::new(), &source[statement.1 + "use ".len()..]);
            tree(&mut rest, &mut Vec::new(), &mut leaves);
            for (path, called) in leaves {
                if let Some(path) = self.absolute(module, &path) {
                    used.insert(called, path);
                }
            }
        }
        used
    }

    /// A path as its module has it, from the crate down, if it is of this crate.
    fn absolute(&self, module: &Name, path: &[String]) -> Option<Name> {
        let mut at = module.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" | "wire101" => at.clear(),
            "self" => {}
            "super" => {
                while let Some((_, after)) = rest.split_first().filter(|(first, _)| *first == "super") {
                    at.pop()?;
                    rest = after;
                }
                return Some([&at[..], rest].concat());
            }
            child => {
                let child = [&module[..], &[child.to_owned()]].concat();
                return self.0.contains_key(&child).then(|| [&module[..], path].concat());
            }
        }
        rest = &rest[1..];
        Some([&at[..], rest].concat())
    }

    /// The module in which something is, through what others hand on.
    fn home(&self, path: &Name) -> Name {
        let mut path = path.clone();
        // What is handed on in a ring is nowhere: the compiler would say so.
        for _ in 0..16 {
            let length = (0..=path.len()).rev().find(|length| self.0.contains_key(&path[..*length])).unwrap_or(0);
            let (module, rest) = path.split_at(length);
            let handed_on = rest.first().and_then(|item| self.0.get(module)?.used.get(item));
            match handed_on {
                Some(from) => path = [&from[..], &rest[1..]].concat(),
                None => return module.to_vec(),
            }
        }
        panic!("{} is handed on without end", path.join("::"));
    }

    /// The modules that a module names.
    fn named(&self, name: &Name) -> BTreeSet<Name> {
        let source = &self.0[name].source;
        let mut leaves = Vec::new();
        for (at, _) in source.match_indices("::") {
            let start = source[..at].rfind(|c: char| !is_word(c)).map_or(0, |before| before + 1);
            let first = &source[start..at];
            if ["crate", "super", "self", "wire101"].contains(&first) && !source[..start].ends_with("::") {
                tree(&mut &source[start..], &mut Vec::new(), &mut leaves);
            }
        }
        let paths = leaves.into_iter().filter_map(|(path, _)| self.absolute(name, &path));
        paths.map(|path| self.home(&path)).collect()
    }

    /// Which module names which: among those side by side in one module, by that module.
    pub fn arrows(&self) -> BTreeMap<Name, BTreeSet<(String, String)>> {
        let mut arrows: BTreeMap<Name, BTreeSet<_>> = BTreeMap::new();
        for from in self.0.keys() {
            for to in self.named(from) {
                let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
                if let (Some(one), Some(other)) = (from.get(shared), to.get(shared)) {
                    arrows.entry(from[..shared].to_vec()).or_default().insert((one.clone(), other.clone()));
                }
            }
        }
        arrows
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where each word of a text begins, as `split` has them.
fn positions(text: &str) -> impl Iterator<Item = usize> {
    [0].into_iter().chain(text.match_indices(['\n', ' ']).map(|(at, _)| at + 1))
}

/// A source without comments, which may link to anything, and without the modules for tests, as rustfmt lays them out.
fn code(source: &str) -> String {
    let mut kept = String::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if line.ends_with("mod tests {") {
            assert!(lines.any(|line| line == "}"), "a module for tests has no end");
        } else if !line.trim_start().starts_with("//") {
            kept.extend([line, "\n"]);
        }
    }
    kept
}

/// Reads a path, or several in braces; each with the name that it goes by afterwards.
fn tree(rest: &mut &str, before: &mut Name, leaves: &mut Vec<(Name, String)>) {
    let length = before.len();
    loop {
        *rest = rest.trim_start();
        if let Some(inside) = rest.strip_prefix('{') {
            *rest = inside.trim_start();
            while !rest.starts_with('}') && !rest.is_empty() {
                tree(rest, before, leaves);
                *rest = rest.trim_start().trim_start_matches(',').trim_start();
            }
            *rest = rest.get(1..).unwrap_or_default();
            break;
        }
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        *rest = after;
        if word.is_empty() {
            // `*`, or nothing that is a path.
            *rest = rest.strip_prefix('*').unwrap_or(rest.get(1..).unwrap_or_default());
            leaves.push((before.clone(), String::new()));
            break;
        }
        if word != "self" || before.is_empty() {
            before.push(word.to_owned());
        }
        if let Some(after) = rest.strip_prefix("::") {
            *rest = after;
            continue;
        }
        let mut called = before.last().cloned().unwrap_or_default();
        if let Some(after) = rest.strip_prefix(" as ") {
            let end = after.find(|c: char| !is_word(c)).unwrap_or(after.len());
            after[..end].clone_into(&mut called);
            *rest = &after[end..];
        }
        leaves.push((before.clone(), called));
        break;
    }
    before.truncate(length);
}
