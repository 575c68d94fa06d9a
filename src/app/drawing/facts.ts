// Short facts about each digit, written for this page. Each is true and easy to check.

/** Facts by digit. */
export const facts: readonly (readonly string[])[] = [
  [
    'Brahmagupta wrote down rules for calculating with zero in the year 628.',
    'The Maya drew zero as a shell, centuries before Europe wrote it at all.',
    'Fibonacci called it zephirum in 1202, from the Arabic sifr. Both “zero” and “cipher” come from that word.',
    'The usual calendar has no year zero: 1 BC is followed by AD 1.',
    'Roman numerals have no sign for it; medieval scholars wrote the word nulla.',
  ],
  [
    '1 is not a prime. Leaving it out gives every larger whole number exactly one list of prime factors.',
    'In many collections of real figures about 30% begin with a 1. This is Benford’s law.',
    '111,111,111 × 111,111,111 = 12,345,678,987,654,321.',
    'Some countries write 1 as a bare stroke, others with a flag almost as long as its stem.',
    '0.999… with nines for ever is not just close to 1: it is 1.',
  ],
  [
    '2 is the only even prime.',
    '2 + 2, 2 × 2 and 2² are the same number.',
    'Leibniz described how to calculate with only two digits in a paper of 1703.',
    'No fraction equals √2, which Greek mathematicians proved more than 2,000 years ago.',
    'In the Brahmi script 2 was two level strokes. A pen that did not lift between them made today’s shape.',
  ],
  [
    'A number divides by 3 exactly when the sum of its digits does.',
    'Every whole number is a sum of at most three triangular numbers. Gauss noted it in his diary in 1796 with “Eureka!”.',
    'Two bodies under gravity follow neat curves for ever. Three, in general, move chaotically.',
    'Three straight sides are the fewest that enclose an area.',
    '3 is the only prime that is one less than a square.',
  ],
  [
    'Four colours are enough for any flat map. The proof of 1976 was the first famous one to need a computer.',
    'Every whole number is a sum of at most four squares, as Lagrange proved in 1770.',
    'Four is the only number whose English name has as many letters as it says.',
    'In Chinese, Japanese and Korean “four” can sound like “death”, and some buildings skip the fourth floor.',
    'A 4 with a closed top is close to a 9: the two are among the pairs that networks confuse most on MNIST.',
  ],
  [
    'There are exactly five regular solids. Euclid’s Elements ends with the proof.',
    '5 is the only prime in two pairs of twins: 3 and 5, 5 and 7.',
    'Equations of degree five have no general formula in roots, as Abel proved in 1824.',
    'Most starfish have five arms, and sea urchins share their fivefold symmetry.',
    'Every fifth Fibonacci number divides by 5.',
  ],
  [
    '6 is the smallest perfect number: 1 + 2 + 3 = 6, and so is 1 × 2 × 3.',
    'Bees are right: of all ways to cut a plane into equal areas, hexagons need the least wall. Proved in 1999.',
    'Among any six people there are three who all know each other or three who are all strangers.',
    'Snow crystals have six arms because of the way water molecules join in ice.',
    'Six equal coins fit exactly around a seventh, each touching it and its neighbours.',
  ],
  [
    '1/7 = 0.142857…, and 142,857 times 2, 3, 4, 5 or 6 has the same digits in the same circle.',
    'Opposite faces of a die add up to 7.',
    'Much of Europe puts a bar through its 7, so that nobody takes it for a 1.',
    'Asked to name any digit, more people say 7 than anything else (Kubovy and Psotka, 1976).',
    'The regular heptagon is the first regular polygon that ruler and compass cannot make.',
  ],
  [
    '8 and 9 are the only powers of whole numbers next to each other: guessed in 1844, proved in 2002.',
    'Eight queens can share a chessboard without a quarrel in 92 ways.',
    'In Chinese “eight” sounds like “prosper”: the Beijing Olympics opened on 8/8/2008.',
    'On its side it looks like ∞, the sign that John Wallis introduced in 1655.',
    '8 is a cube that is also a Fibonacci number. Besides 1, there is no other.',
  ],
  [
    'A number and the sum of its digits leave the same remainder when divided by 9.',
    '12,345,679 × 9 = 111,111,111. The 8 is missing, and that is no misprint.',
    'Every triangle has a circle through nine special points, three of them the middles of its sides.',
    'The Lo Shu, known in China for about 2,000 years, puts 1 to 9 in a square whose lines all add up to 15.',
    '9 = 1³ + 2³ = (1 + 2)², and the pattern goes on: 1³ + 2³ + 3³ = (1 + 2 + 3)².',
  ],
]

/** A fact about a digit; empty for anything else. `turn` counts on, so that a digit gets another fact next time. */
export function factAbout(digit: number, turn: number): string {
  const about = facts.at(digit >= 0 ? digit : facts.length)
  return about?.at(turn % about.length) ?? ''
}
