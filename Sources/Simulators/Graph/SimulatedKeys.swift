import Cryptography

/// RSA keys of the simulated identity provider, made when first wanted: each takes a tenth of a second.
actor SimulatedKeys {
  private final class Box {
    let key: RSAPrivateKey

    init?() {
      guard let key = RSAPrivateKey(bits: 2048) else { return nil }
      self.key = key
    }
  }

  private var boxes: [Int: Box] = [:]

  /// - Parameter number: Of the rotation.
  func publicNumbers(_ number: Int) -> (modulus: [UInt8], exponent: [UInt8]) {
    box(number)?.key.publicNumbers ?? ([], [])
  }

  /// RS256.
  func signature(of text: String, _ number: Int) -> [UInt8] {
    guard let box = box(number) else { return [] }
    return (try? box.key.sign(Array(text.utf8), .pkcs1)) ?? []
  }

  private func box(_ number: Int) -> Box? {
    if let box = boxes[number] { return box }
    let box = Box()
    boxes[number] = box
    return box
  }
}
