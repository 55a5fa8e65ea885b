//! Counts what a call does that is the same in every run.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use wire101::capture::watched::Watcher;

/// What a call did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// How often it asked for memory, or for more of it.
    pub allocations: u64,
    /// How many bytes it asked for.
    pub allocated: u64,
    /// How many bytes it wrote.
    pub written: u64,
    /// How many bytes of files it read.
    pub read: u64,
}

/// The system's memory, and how much of it this thread has asked for.
struct Counting;

thread_local! {
    static ASKED: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

fn count(bytes: usize) {
    // A thread that ends has no counts any more, and still frees memory.
    let _ = ASKED.try_with(|asked| {
        let (times, all) = asked.get();
        asked.set((times + 1, all + bytes as u64));
    });
}

#[expect(unsafe_code, reason = "only an allocator sees every allocation; it hands all of them on")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Where output goes that is only counted.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Reading(Cell<u64>);

impl Watcher for Reading {
    fn begin(&self, _: Option<u64>) {}

    fn read(&self, bytes: usize) {
        self.0.set(self.0.get() + bytes as u64);
    }

    fn end(&self) {}

    fn stops(&self) -> bool {
        false
    }
}

/// What a call does.
pub fn work(call: impl FnOnce(&mut dyn Write, &Rc<dyn Watcher>)) -> Work {
    let mut written = Counted(0);
    let reading = Rc::new(Reading::default());
    let watcher: Rc<dyn Watcher> = Rc::<Reading>::clone(&reading);
    let before = ASKED.get();
    call(&mut written, &watcher);
    let after = ASKED.get();
    Work { allocations: after.0 - before.0, allocated: after.1 - before.1, written: written.0, read: reading.0.get() }
}
