/* SPDX-License-Identifier: BSD-2-Clause */
int a_name_that_is_long_enough_to_need_all_of_the_eighty_four_columns_and_then_some_more;
