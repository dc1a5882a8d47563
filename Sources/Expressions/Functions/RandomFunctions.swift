extension Function {
  /// New values (docs/reference/expressions.md, "Text").
  static let random: [Function] = [
    Function("Guid") { _, context in .text(guid(context)) },
    Function(
      "RandomString", .required("length"), .optional("minimumNumbers"), .optional("minimumSpecialCharacters"),
      .optional("minimumCapital"), .optional("minimumLowerCase"), .optional("charactersToAvoid"), evaluate: randomString
    ),
  ]

  /// Version 4 of RFC 9562.
  private static func guid(_ context: Evaluation) -> String {
    let high = context.random() & ~0xF000 | 0x4000
    let low = context.random() & ~(0b11 << 62) | 0b10 << 62
    let digits = (high.hexadecimal + low.hexadecimal).utf8
    var text: [UInt8] = []
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
      text.append(digit)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The characters of Windows password complexity, in the order of RandomString's minima.
  private static let passwordCharacters = [
    "0123456789", "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz",
  ].map { Array($0) }

  @Sendable private static func randomString(_ call: Call, _ context: Evaluation) throws(EvaluationError)
    -> Value
  {
    let length = try call.requiredInteger(0, context)
    guard (0...256).contains(length) else { throw call.unsuitable(0, "must be from 0 to 256") }
    let avoided = Set((try call.text(5, context) ?? "").unicodeScalars)
    let classes = passwordCharacters.map { $0.filter { avoided.isDisjoint(with: $0.unicodeScalars) } }
    var characters: [Character] = []
    for (index, allowed) in zip(1..., classes) {
      let minimum = try call.integer(index, context) ?? 0
      guard minimum >= 0, minimum <= length - Int64(characters.count) else {
        throw call.unsuitable(index, "must not be negative, and all minima together not more than length")
      }
      for _ in 0..<minimum {
        guard let character = context.randomElement(of: allowed) else {
          throw call.unsuitable(5, "leaves no character for \(call.function.parameters[index].name)")
        }
        characters.append(character)
      }
    }
    let allowed = classes.flatMap { $0 }
    while characters.count < length {
      guard let character = context.randomElement(of: allowed) else {
        throw call.unsuitable(5, "leaves no character")
      }
      characters.append(character)
    }
    for index in characters.indices.reversed() {
      characters.swapAt(index, context.random(below: index + 1))
    }
    return .text(String(characters))
  }
}

extension Evaluation {
  /// Below the bound. The bias is less than one in 2^50; a loop that rejects numbers to avoid it would hang on a broken
  /// source.
  fileprivate func random(below bound: Int) -> Int {
    Int(random().multipliedFullWidth(by: UInt64(bound)).high)
  }

  fileprivate func randomElement(of characters: [Character]) -> Character? {
    characters.isEmpty ? nil : characters[random(below: characters.count)]
  }
}

extension UInt64 {
  fileprivate var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
