//! Writing a file as a whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

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
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(save(folder.path(), |_| Ok(())).map_err(|e| e.kind()), Err(io::ErrorKind::IsADirectory));
        assert!(save(&folder.path().join("no/such/folder"), |_| Ok(())).is_err());
    }
}
