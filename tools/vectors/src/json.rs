//! Values as clients in other languages read them: names in camel case, integers of up to 32 bits as
//! numbers, wider ones as decimal strings, keys in base 58, bytes in hexadecimal.

use anchor_lang::prelude::Pubkey;
use serde_json::{Map, Value};

/// Something that a case holds.
pub trait Json {
    /// The value as the file holds it.
    fn json(&self) -> Value;
}

macro_rules! numbers {
    ($($narrow:ty),*; $($wide:ty),*) => {
        $(impl Json for $narrow {
            fn json(&self) -> Value { Value::from(*self) }
        })*
        $(impl Json for $wide {
            fn json(&self) -> Value { Value::from(self.to_string()) }
        })*
    };
}
numbers!(u8, u16, u32, bool; u64, i64, u128, Pubkey);

impl Json for usize {
    fn json(&self) -> Value {
        Value::from(*self)
    }
}

impl Json for Value {
    fn json(&self) -> Value {
        self.clone()
    }
}

impl Json for str {
    fn json(&self) -> Value {
        Value::from(self)
    }
}

impl Json for String {
    fn json(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl<T: Json + ?Sized> Json for &T {
    fn json(&self) -> Value {
        (**self).json()
    }
}

impl<T: Json> Json for Option<T> {
    fn json(&self) -> Value {
        self.as_ref().map_or(Value::Null, Json::json)
    }
}

impl<T: Json> Json for [T] {
    fn json(&self) -> Value {
        Value::Array(self.iter().map(Json::json).collect())
    }
}

impl<T: Json, const N: usize> Json for [T; N] {
    fn json(&self) -> Value {
        self.as_slice().json()
    }
}

impl<T: Json> Json for Vec<T> {
    fn json(&self) -> Value {
        self.as_slice().json()
    }
}

/// Bytes, in hexadecimal.
pub fn hex(bytes: &[u8]) -> Value {
    Value::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// An object of these members.
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.map(|(name, value)| (camel(name), value));
    Value::Object(Map::from_iter(members))
}

/// `cliff_secs` as `cliffSecs`, `for_` as `for`.
pub fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.extend(letters);
    }
    camel
}

/// An object: `object! { name: value, ... }`, values by [`Json`].
#[macro_export]
macro_rules! object {
    ($($name:ident: $value:expr),* $(,)?) => {
        $crate::json::object([$((stringify!($name), $crate::json::Json::json(&$value))),*])
    };
}

/// How a struct is written: its fields by name, byte arrays marked `hex`.
#[macro_export]
macro_rules! record {
    ($type:ty { $($fields:tt)* }) => {
        impl $crate::json::Json for $type {
            fn json(&self) -> serde_json::Value {
                let mut members = serde_json::Map::new();
                $crate::record!(@ self members $($fields)*);
                serde_json::Value::Object(members)
            }
        }
    };
    (@ $self:ident $members:ident) => {};
    (@ $self:ident $members:ident hex $field:ident $(, $($rest:tt)*)?) => {
        $members.insert($crate::json::camel(stringify!($field)), $crate::json::hex(&$self.$field));
        $crate::record!(@ $self $members $($($rest)*)?);
    };
    (@ $self:ident $members:ident $field:ident $(, $($rest:tt)*)?) => {
        let value = $crate::json::Json::json(&$self.$field);
        $members.insert($crate::json::camel(stringify!($field)), value);
        $crate::record!(@ $self $members $($($rest)*)?);
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_camel_case() {
        assert_eq!(camel("exposure_limit_bps"), "exposureLimitBps");
        assert_eq!(camel("for_"), "for");
        assert_eq!(camel("at"), "at");
    }

    #[test]
    fn wide_integers_are_strings() {
        assert_eq!(u64::MAX.json(), Value::from("18446744073709551615"));
        assert_eq!((-1i64).json(), Value::from("-1"));
        assert_eq!(7u32.json(), Value::from(7));
    }
}
