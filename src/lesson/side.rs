//! The sides of a lesson. The build knows them too: it reads what lessons say of them.

/// One of the ways in which a lesson does its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The first, that every lesson has.
    A,
    /// The second, that every lesson has.
    B,
    /// The third.
    C,
    /// The fourth.
    D,
}

impl Side {
    /// Every side a lesson may have.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// Its place among the sides, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// "A".
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::A => 'A',
            Self::B => 'B',
            Self::C => 'C',
            Self::D => 'D',
        }
    }

    /// The side that a lesson's file means by "a".
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().zip(["a", "b", "c", "d"]).find_map(|(side, name)| (name == letter).then_some(side))
    }
}
