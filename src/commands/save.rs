//! Writes a file completely or not at all, and never over another one that's in use.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::Failure;

/// Writes a file: into a new one beside it, which then takes its place, so that a failure leaves what was there before.
///
/// What is there and no regular file (a pipe, a device) is written to as it is.
///
/// # Errors
///
/// Where it cannot be written.
pub(super) fn save(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(there) if !there.is_file() => write(&mut File::options().write(true).open(path)?),
        // Behind a symbolic link it is the file that changes, not the link; and it stays as open to others as it was.
        Ok(there) => replace(&fs::canonicalize(path)?, Some(there.permissions()), write),
        Err(_) => replace(path, None, write),
    }
}

/// Checks that no two outputs, each with its flag, go into the same file.
///
/// # Errors
///
/// If two do, under whatever names.
pub fn apart(outputs: &[(&str, Option<&Path>)]) -> Result<(), Failure> {
    let named: Vec<_> = outputs.iter().filter_map(|(flag, path)| Some((flag, (*path)?))).collect();
    for (at, (flag, path)) in named.iter().enumerate() {
        if let Some((before, other)) = named[..at].iter().find(|(_, other)| is_same(path, other)) {
            let (path, other) = (path.display(), other.display());
            let what = format!("{before} {other} and {flag} {path} are the same file; name two different ones");
            return Err(Failure::Usage(what));
        }
    }
    Ok(())
}

/// Checks that an output does not go into the capture that is read.
///
/// # Errors
///
/// If it does, under whatever name.
pub(super) fn spares(capture: &Path, out: &Path) -> Result<(), Failure> {
    if !is_same(capture, out) {
        return Ok(());
    }
    let name = out.display();
    Err(Failure::Usage(format!("--out {name} would overwrite the capture that it reads; name another file")))
}

/// Whether both are the same regular file, under whatever names, or would be if it were there. What is a pipe or a device
/// is overwritten by nobody.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(first), Ok(second)) => first.is_file() && second.is_file() && is_same_file(one, &first, other, &second),
        (Err(_), Err(_)) => target(one) == target(other),
        _ => false,
    }
}

#[cfg(unix)]
fn is_same_file(_: &Path, first: &fs::Metadata, _: &Path, second: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (first.dev(), first.ino()) == (second.dev(), second.ino())
}

#[cfg(not(unix))]
fn is_same_file(one: &Path, _: &fs::Metadata, other: &Path, _: &fs::Metadata) -> bool {
    target(one) == target(other)
}

/// Where a file is, or would be, behind symbolic links.
fn target(path: &Path) -> PathBuf {
    // As many links as Linux follows.
    const MOST_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(link) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(link);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

fn replace(
    path: &Path,
    permissions: Option<Permissions>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = new_file(folder)?;
    let mut out = io::BufWriter::new(file.as_file_mut());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.persist(path).map_err(|refused| refused.error)?;
    Ok(())
}

/// A new file, for others as open as the user's new files are; one of `tempfile`'s own would be the user's alone.
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".wire101-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    // Its error names the new file, which nobody asked for.
    builder.tempfile_in(folder).map_err(|error| {
        let cause = error.get_ref().and_then(|named| named.source()).map(ToString::to_string);
        cause.map_or(error.kind().into(), |cause| io::Error::new(error.kind(), cause))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_stays_if_writing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        save(&path, |out| out.write_all(b"first")).unwrap();
        let failed = save(&path, |out| {
            out.write_all(b"sec")?;
            Err(io::Error::other("full"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"first");
        save(&path, |out| out.write_all(b"third")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"third");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn files_are_the_same_through_links_whether_they_are_there_or_not() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("sub")).unwrap();
        symlink(at("file"), at("link")).unwrap();
        symlink("../link", at("sub/far")).unwrap();
        let names = [at("file"), at("sub/../file"), at("link"), at("sub/far")];
        let all_same = || names.iter().all(|name| is_same(&names[0], name) && is_same(name, &names[0]));
        assert!(all_same());
        fs::write(at("file"), "").unwrap();
        assert!(all_same());
        fs::hard_link(at("file"), at("hard")).unwrap();
        assert!(is_same(&at("hard"), &at("link")));
        fs::write(at("other"), "").unwrap();
        assert!(!is_same(&at("file"), &at("other")) && !is_same(&at("file"), &at("new")));
        assert!(!is_same(&at("new"), &at("newer")));
        assert!(!is_same(Path::new("/dev/null"), Path::new("/dev/null")));
        symlink("ring", at("ring")).unwrap();
        assert!(!is_same(&at("ring"), &at("new")));
        let (file, link) = (at("file"), at("link"));
        assert!(apart(&[("--save", Some(&file)), ("--log", None), ("--out", Some(&at("new")))]).is_ok());
        let refused = apart(&[("--save", Some(&file)), ("--log", Some(&link))]).unwrap_err();
        assert!(refused.to_string().contains("--log"), "{refused}");
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(save(folder.path(), |_| Ok(())).map_err(|e| e.kind()), Err(io::ErrorKind::IsADirectory));
        assert!(save(&folder.path().join("no/such/folder"), |_| Ok(())).is_err());
    }
}
