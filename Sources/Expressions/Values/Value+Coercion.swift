/// How functions read a value as the kind that they want.
extension Value {
  /// No value, or an empty list.
  var isNull: Bool {
    switch self {
    case .null: true
    case .texts(let texts): texts.isEmpty
    case .roles(let roles): roles.isEmpty
    default: false
    }
  }

  var isNullOrEmpty: Bool {
    if case .text(let text) = self { text.isEmpty } else { isNull }
  }

  /// The one text that the value is: a list with one element counts as that element.
  var single: String? {
    if case .texts(let texts) = self { texts.count == 1 ? texts[0] : nil } else { text }
  }

  var number: Number? {
    if case .number(let number) = self { number } else { single.flatMap { Number($0) } }
  }

  var date: DateTime? {
    if case .date(let date) = self { date } else { single.flatMap { DateTime(reading: $0) } }
  }

  /// True and False in any letter case; a number is true unless it is zero.
  var boolean: Bool? {
    if case .boolean(let boolean) = self { return boolean }
    if let number { return !number.isZero }
    guard let word = single?.lowercased() else { return nil }
    return [true, false].first { word.isOrdinallyEqual(to: "\($0)") }
  }
}
