/// A regular expression of .NET to search a text with, for rules that are no expressions, such as scoping filters. Compiled once; a search
/// has the limits that Replace has.
package struct TextPattern: Sendable, Hashable {
  /// Why a text is no regular expression.
  package struct Invalid: Error, Hashable, CustomStringConvertible {
    package var description: String
  }

  /// Why a search came to no answer. Never quotes the text that was searched.
  package struct LimitExceeded: Error, Hashable, CustomStringConvertible {
    package var description: String
  }

  /// As it was written.
  package let text: String
  private let expression: RegularExpression

  package init(_ text: String) throws(Invalid) {
    self.text = text
    do throws(DotNetPattern.Invalid) {
      expression = try RegularExpression(text)
    } catch {
      throw Invalid(description: error.reason)
    }
  }

  /// Whether the pattern is found anywhere in the text, as `Regex.IsMatch` of .NET answers.
  package func isFound(in text: String) throws(LimitExceeded) -> Bool {
    guard text.utf16.count <= RegularExpression.maximumLength else {
      throw LimitExceeded(description: "the value is longer than \(RegularExpression.maximumLength) characters")
    }
    do throws(RegularExpression.Failure) {
      return try !expression.matches(in: text, count: 1).isEmpty
    } catch {
      throw LimitExceeded(
        description: error == .timeLimit
          ? "the search took longer than \(RegularExpression.timeLimit)" : "the search needed too much memory")
    }
  }

  /// Whether the pattern is tied to the beginning or the end of the text.
  package var hasAnchor: Bool {
    ["^", "\\A"].contains { text.hasPrefix($0) } || ["$", "\\z", "\\Z"].contains { text.hasSuffix($0) }
  }

  package static func == (left: TextPattern, right: TextPattern) -> Bool { left.text == right.text }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
