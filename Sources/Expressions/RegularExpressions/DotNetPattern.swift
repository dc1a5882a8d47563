/// A regular expression of .NET, in which mappings are written, put into the syntax of ICU, which is the engine at
/// hand. Translates what the two write differently (groups' names and numbers, character classes, literal braces) and
/// refuses what ICU lacks.
struct DotNetPattern {
  struct Invalid: Error {
    var reason: String
  }

  /// The ICU pattern. Has no named groups.
  private(set) var icu = ""
  /// ICU's groups for each group of .NET, by number; several when a name is used several times.
  private(set) var groups: [Int: [Int]] = [:]
  private(set) var names: [String: Int] = [:]

  private enum Piece {
    case text(String)
    case reference(String)
  }

  private var pattern: [Unicode.Scalar]
  private var index = 0
  private var pieces: [Piece] = []
  /// The groups in ICU's order: their names, nil for those without.
  private var opened: [String?] = []
  private var openBrackets = 0
  private var canRepeat = false

  init(_ pattern: String) throws(Invalid) {
    self.pattern = Array(pattern.unicodeScalars)
    while let scalar = peek() {
      index += 1
      try translate(scalar)
    }
    if openBrackets > 0 { throw Invalid(reason: "a bracket ( is not closed") }
    number()
    for piece in pieces {
      switch piece {
      case .text(let text): icu += text
      case .reference(let name): icu += try reference(to: name)
      }
    }
  }

  private mutating func translate(_ scalar: Unicode.Scalar) throws(Invalid) {
    switch scalar {
    case "\\": try escape()
    case "[":
      var characterClass = DotNetCharacterClass(pattern, from: index)
      add(try characterClass.translated())
      index = characterClass.index
    case "(": try open()
    case ")":
      guard openBrackets > 0 else { throw Invalid(reason: "a bracket ) closes nothing") }
      openBrackets -= 1
      add(")")
    case "*", "+", "?": try repetition(String(scalar))
    case "{":
      if let counts = counts() { try repetition(counts) } else { add("\\{") }
    case "}", "]": add("\\\(scalar)")
    case "|":
      add("|")
      canRepeat = false
    default: add(String(scalar))
    }
  }

  private mutating func open() throws(Invalid) {
    openBrackets += 1
    guard peek() == "?" else {
      opened.append(nil)
      pieces.append(.text("("))
      canRepeat = false
      return
    }
    index += 1
    let rest = String(String.UnicodeScalarView(pattern[index...].prefix(2)))
    if let plain = [":", "=", "!", ">", "<=", "<!"].first(where: { rest.hasPrefix($0) }) {
      index += plain.unicodeScalars.count
      pieces.append(.text("(?" + plain))
      canRepeat = false
    } else if rest.hasPrefix("<") || rest.hasPrefix("'") {
      index += 1
      opened.append(try name(until: rest.hasPrefix("<") ? ">" : "'"))
      pieces.append(.text("("))
      canRepeat = false
    } else if rest.hasPrefix("#") {
      while let scalar = next(), scalar != ")" {}
      openBrackets -= 1
    } else {
      try options()
    }
  }

  private mutating func name(until end: Unicode.Scalar) throws(Invalid) -> String {
    var name = ""
    while let scalar = next(), scalar != end { name.unicodeScalars.append(scalar) }
    if name.contains("-") { throw Invalid(reason: "balancing groups are not supported") }
    guard !name.isEmpty, name.unicodeScalars.allSatisfy({ $0.properties.isAlphabetic || $0 == "_" || $0.isASCIIDigit })
    else { throw Invalid(reason: "a group's name has letters, digits and _ only") }
    return name
  }

  private mutating func options() throws(Invalid) {
    var options = ""
    var end: Unicode.Scalar?
    while let scalar = next() {
      if scalar == ")" || scalar == ":" {
        end = scalar
        break
      }
      guard "ims-".unicodeScalars.contains(scalar) else {
        throw Invalid(reason: "(?\(options)\(scalar) is not supported; the options are i, m and s")
      }
      options.unicodeScalars.append(scalar)
    }
    guard let end else { throw Invalid(reason: "a bracket ( is not closed") }
    if end == ")" { openBrackets -= 1 }
    pieces.append(.text("(?\(options)\(end)"))
    canRepeat = false
  }

  private mutating func repetition(_ sign: String) throws(Invalid) {
    guard canRepeat else { throw Invalid(reason: "\(sign) has nothing to repeat") }
    var sign = sign
    if peek() == "?" {
      index += 1
      sign += "?"
    }
    pieces.append(.text(sign))
    canRepeat = false
  }

  /// `{2}`, `{2,}` or `{2,5}`; nil, as in .NET, makes the brace a literal.
  private mutating func counts() -> String? {
    // Two numbers of ten digits at most: a brace further away is none of this repetition.
    guard let end = pattern[index...].prefix(24).firstIndex(of: "}") else { return nil }
    let text = String(String.UnicodeScalarView(pattern[index..<end]))
    let bounds = text.split(separator: ",", omittingEmptySubsequences: false)
    guard bounds.count <= 2, let least = bounds.first, !least.isEmpty,
      bounds.allSatisfy({ $0.unicodeScalars.allSatisfy(\.isASCIIDigit) })
    else { return nil }
    index = end + 1
    return "{\(text)}"
  }

  private mutating func escape() throws(Invalid) {
    guard let scalar = peek() else { throw Invalid(reason: "it ends with a lone backslash") }
    switch scalar {
    case "1"..."9":
      var digits = ""
      while let digit = peek(), digit.isASCIIDigit {
        digits.unicodeScalars.append(digit)
        index += 1
      }
      addReference(digits)
    case "k":
      index += 1
      guard let start = next(), start == "<" || start == "'" else {
        throw Invalid(reason: "\\k wants a group's name: \\k<name>")
      }
      addReference(try name(until: start == "<" ? ">" : "'"))
    case "b", "B", "A", "z", "Z", "G":
      index += 1
      add("\\\(scalar)")
    default:
      var escape = DotNetEscape(pattern, from: index)
      add(try escape.translated())
      index = escape.index
    }
  }

  private mutating func addReference(_ name: String) {
    pieces.append(.reference(name))
    canRepeat = true
  }

  /// .NET numbers the groups without a name first, and those with a name behind them.
  private mutating func number() {
    groups[0] = [0]
    var last = 0
    for (icu, name) in zip(1..., opened) where name == nil {
      last += 1
      groups[last, default: []].append(icu)
    }
    for (icu, name) in zip(1..., opened) {
      guard let name else { continue }
      let number: Int
      if let known = names[name] {
        number = known
      } else if let written = Int(name) {
        number = written
      } else {
        repeat { last += 1 } while groups[last] != nil
        number = last
      }
      names[name] = number
      groups[number, default: []].append(icu)
    }
  }

  private func reference(to name: String) throws(Invalid) -> String {
    guard let icu = (names[name] ?? Int(name)).flatMap({ groups[$0] }) else {
      throw Invalid(reason: "there is no group \(name) to refer to")
    }
    guard icu.count == 1 else {
      throw Invalid(reason: "referring to the group \(name), which occurs twice, is not supported")
    }
    return "(?:\\\(icu[0]))"
  }

  private mutating func add(_ text: String) {
    pieces.append(.text(text))
    canRepeat = true
  }

  private func peek() -> Unicode.Scalar? {
    index < pattern.count ? pattern[index] : nil
  }

  private mutating func next() -> Unicode.Scalar? {
    guard let scalar = peek() else { return nil }
    index += 1
    return scalar
  }
}
